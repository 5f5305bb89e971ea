export { signingKeysRouter } from './router.ts';
export { registerSigningKeyRoutes } from './routes.ts';
export { canOpenKeys, createSigningKeys, type PrivateKey, type SigningKeys } from './service.ts';
