import { PERMISSIONS, type PermissionName, type Resource, type ResourceId } from '@latchkey/schemas';

export const LATCHKEY_ID = `res_${'0'.repeat(22)}` as ResourceId;

/** The built-in resource: this server, for which the issuer's name is the audience. */
export function latchkey(issuer: string): Resource {
  const permissions = Object.entries(PERMISSIONS) as [PermissionName, string][];
  return {
    id: LATCHKEY_ID,
    name: 'Latchkey',
    audience: issuer,
    permissions: permissions.map(([name, description]) => ({ name, description })),
    builtIn: true,
    createdAtMs: null,
  };
}
