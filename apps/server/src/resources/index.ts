export { permissionsRouter, resourcesRouter } from './router.ts';
export { createResources, type Resources } from './service.ts';
