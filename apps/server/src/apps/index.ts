export { appsRouter } from './router.ts';
export { findApp, type AppRow } from './rows.ts';
export { isOnDevice, isPublicKind, permissionsAmong } from './rules.ts';
export { createApps, type Apps } from './service.ts';
