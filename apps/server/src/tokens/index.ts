export { tokensRouter } from './router.ts';
export { createTokens, type Tokens } from './service.ts';
