import * as z from 'zod/mini';

/**
 * Latchkey's own permissions, each with the sentence that people read. The same string is a role's permission, a key's
 * permission and an OAuth scope. Guards of our own procedures name these alone.
 */
export const PERMISSIONS = {
  'api_keys:read': 'See your own API keys.',
  'api_keys:write': 'Make, rotate and revoke your own API keys.',
  'api_keys:verify': 'Ask whether an API key is valid, and whose it is.',
  'all_api_keys:read': "See everyone's API keys.",
  'all_api_keys:write': "Make, rotate and revoke everyone's API keys.",
  'users:read': 'See people, their roles and their sessions.',
  'users:write': 'Invite and disable people, give and take roles, end sessions.',
  'service_accounts:read': 'See service accounts.',
  'service_accounts:write': 'Make and disable service accounts.',
  'roles:read': 'See roles, and who may call what.',
  'roles:write': 'Make, change and remove roles.',
  'resources:read': 'See the APIs that trust Latchkey, and their permissions.',
  'resources:write': 'Register APIs and their permissions, change and remove them.',
  'apps:read': 'See apps.',
  'apps:write': 'Make apps, change and disable them, rotate their secrets.',
  'tokens:introspect': 'Ask whether a token is good, whose it is and what it may do.',
  'audit:read': 'Read the audit log.',
  'alerts:read': 'See alerts.',
  'alerts:write': 'Acknowledge and dismiss alerts.',
  'settings:read': 'See the settings.',
  'settings:write': 'Change the settings.',
  'metrics:read': "Read the server's metrics.",
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

/** A permission of whatever resource: `noun:verb`, Latchkey's own or one that a registered resource brings. */
export type PermissionName = `${string}:${string}`;

export const permissionName = z
  .string()
  .check(
    z.maxLength(60, 'Use at most 60 characters.'),
    z.regex(/^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/, 'Use noun:verb in small letters, such as notes:read.'),
  ) as unknown as z.ZodMiniType<PermissionName, PermissionName>;

/** How many permissions all registered resources together may bring. An admin's every request reads their names. */
export const REGISTERED_AT_MOST = 1_000;

export function isOwnPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name);
}

/** Each one once: Latchkey's own in its catalogue's order, then the others by name. */
export function inCatalogueOrder(names: Iterable<PermissionName>): PermissionName[] {
  const given = new Set(names);
  const own = ALL_PERMISSIONS.filter((each) => given.has(each));
  if (own.length === given.size) return own;
  return [...own, ...[...given].filter((each) => !isOwnPermission(each)).toSorted()];
}

/** A set of permissions as it crosses the wire. */
export const permissionSet = z.pipe(
  z.array(permissionName).check(z.maxLength(ALL_PERMISSIONS.length + REGISTERED_AT_MOST)),
  z.transform((given) => inCatalogueOrder(given)),
);

/**
 * The roles that are always there, with what they hold of Latchkey's own. Nobody can edit them. Of what resources bring,
 * `admin` holds everything and `auditor` every `:read`.
 */
export const BUILT_IN_ROLES = {
  admin: { description: 'May do everything.', permissions: ALL_PERMISSIONS },
  auditor: {
    description: 'May see everything and change nothing of others.',
    permissions: ALL_PERMISSIONS.filter((each) => each.endsWith(':read') || each === 'api_keys:write'),
  },
  member: {
    description: 'May manage their own account and API keys.',
    permissions: ['api_keys:read', 'api_keys:write'],
  },
} as const satisfies Record<string, { description: string; permissions: readonly Permission[] }>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;

export const roleName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]{0,39}$/, 'Use 1 to 40 small letters, digits, - and _, starting with a letter.'));
