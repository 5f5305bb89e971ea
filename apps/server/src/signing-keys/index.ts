export { registerSigningKeyRoutes } from './routes.ts';
export { canOpenKeys, createSigningKeys, type SigningKeys } from './service.ts';
