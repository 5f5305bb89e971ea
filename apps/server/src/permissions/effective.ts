import { BUILT_IN_ROLES, inCatalogueOrder, type BuiltInRole, type PermissionName } from '@latchkey/schemas';

export function isBuiltIn(role: string): role is BuiltInRole {
  return Object.hasOwn(BUILT_IN_ROLES, role);
}

/**
 * What these roles allow together. `stored` holds the stored roles' permissions by name, and what resources add to the
 * built-in ones; a name found nowhere allows nothing.
 */
export function permissionsOfRoles(
  roles: readonly string[],
  stored: ReadonlyMap<string, readonly PermissionName[]>,
): ReadonlySet<PermissionName> {
  return new Set(inCatalogueOrder(roles.flatMap((role) => permissionsOfRole(role, stored.get(role) ?? []))));
}

function permissionsOfRole(role: string, stored: readonly PermissionName[]): readonly PermissionName[] {
  return isBuiltIn(role) ? [...BUILT_IN_ROLES[role].permissions, ...stored] : stored;
}
