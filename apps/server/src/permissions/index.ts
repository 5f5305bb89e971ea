export { refuseUnregistered, rolesHolding, settleRoles } from './catalogue.ts';
export { permissionsOfRoles } from './effective.ts';
export { rolesRouter } from './router.ts';
export { findFactorDueAtMs } from './rows.ts';
export { createRoles, readPermissions, refuseToExceed, requireRoles, type Roles } from './service.ts';
