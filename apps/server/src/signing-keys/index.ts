export { registerSigningKeyRoutes } from './routes.ts';
export { createSigningKeys, type SigningKeys } from './service.ts';
