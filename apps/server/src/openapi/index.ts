export { registerOpenApi } from './routes.ts';
