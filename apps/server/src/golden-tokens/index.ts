export { createGoldenTokens } from './service.ts';
