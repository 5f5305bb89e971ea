import { ALL_PERMISSIONS, BUILT_IN_ROLES, type BuiltInRole, type Permission } from '@latchkey/schemas';

export function isBuiltIn(role: string): role is BuiltInRole {
  return Object.hasOwn(BUILT_IN_ROLES, role);
}

/**
 * What these roles allow together. `custom` holds the stored roles' permissions by name; a name found nowhere allows
 * nothing, and neither does a permission that has left the catalogue.
 */
export function permissionsOfRoles(
  roles: readonly string[],
  custom: ReadonlyMap<string, readonly Permission[]>,
): ReadonlySet<Permission> {
  const allowed = new Set(
    roles.flatMap((role) => (isBuiltIn(role) ? BUILT_IN_ROLES[role].permissions : (custom.get(role) ?? []))),
  );
  return new Set(ALL_PERMISSIONS.filter((each) => allowed.has(each)));
}
