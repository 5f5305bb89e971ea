import { isOwnPermission, PERMISSIONS, type PermissionName } from '@latchkey/schemas';

/** What the permission lets somebody do. */
export function permissionWords(name: PermissionName): string {
  return isOwnPermission(name) ? PERMISSIONS[name] : '';
}
