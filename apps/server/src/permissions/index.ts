export { refuseUnregistered, rolesHolding, settleRoles } from './catalogue.ts';
export { permissionsOfRoles } from './effective.ts';
export { rolesRouter } from './router.ts';
export {
  createRoles,
  findFactorDueAtMs,
  readPermissions,
  refuseToExceed,
  requireRoles,
  type Roles,
} from './service.ts';
