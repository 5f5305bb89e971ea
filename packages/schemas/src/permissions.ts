import * as z from 'zod/mini';

/**
 * Latchkey's own permissions, each with the sentence that people read. The same string is a role's permission, a key's
 * permission and an OAuth scope.
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
  'roles:write': 'Make roles.',
  'audit:read': 'Read the audit log.',
  'alerts:read': 'See alerts.',
  'alerts:write': 'Acknowledge and dismiss alerts.',
  'settings:read': 'See the settings.',
  'settings:write': 'Change the settings.',
  'metrics:read': "Read the server's metrics.",
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export const permission = z.enum(ALL_PERMISSIONS as [Permission, ...Permission[]]);

/** A set of permissions as it crosses the wire: each one once, in the catalogue's order. */
export const permissionSet = z.pipe(
  z.array(permission).check(z.maxLength(100)),
  z.transform((given) => ALL_PERMISSIONS.filter((each) => given.includes(each))),
);

/** The roles that are always there. Their permissions follow the catalogue; nobody can edit them. */
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
