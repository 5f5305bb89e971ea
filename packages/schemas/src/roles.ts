import * as z from 'zod/mini';

import { accountId } from './ids.ts';
import { permissionName, permissionSet, roleName } from './permissions.ts';
import { flag, line, pageInput, pageOf, timeMs } from './text.ts';

export const role = z.object({
  name: z.string(),
  description: z.string(),
  permissions: z.array(permissionName),
  builtIn: z.boolean(),
  /** From when on whoever has the role needs a second factor; null where nobody does. */
  secondFactorFromMs: z.nullable(timeMs),
});
export type Role = z.infer<typeof role>;
export const roleList = z.object({ items: z.array(role) });
export const roleInput = z.strictObject({ name: roleName });
export const createRoleInput = z.strictObject({ name: roleName, description: line(200), permissions: permissionSet });
export const updateRoleInput = z.strictObject({
  name: roleName,
  description: z.optional(line(200)),
  permissions: z.optional(permissionSet),
  secondFactorFromMs: z.optional(z.nullable(timeMs)),
});
export const removeRoleInput = z.strictObject({
  name: roleName,
  /** Without it, a role that somebody holds stays. */
  takeFromHolders: z._default(flag, false),
});

/** How many active people with the role have no second factor. */
export const roleWithoutFactor = z.object({
  people: z.int(),
  /** Whether there are more than were counted. */
  atLeast: z.boolean(),
});

export const roleHolder = z.object({
  id: accountId,
  kind: z.enum(['person', 'service']),
  name: z.string(),
  email: z.nullable(z.string()),
  status: z.enum(['active', 'invited', 'disabled']),
});
export type RoleHolder = z.infer<typeof roleHolder>;
export const roleHolderPage = pageOf(roleHolder);
export const roleHoldersInput = z.strictObject({ name: roleName, ...pageInput });

export const previewRoleInput = z.strictObject({ name: roleName, permissions: permissionSet });
const touched = z.object({ people: z.int(), serviceAccounts: z.int(), apiKeys: z.int() });
/** What a role's change would do now. Who has the same by another role is in none of the counts. */
export const rolePreview = z.object({
  gained: z.array(permissionName),
  lost: z.array(permissionName),
  gaining: touched,
  losing: touched,
  /** Whether there are more holders or keys than were looked at. */
  atLeast: z.boolean(),
});
export type RolePreview = z.infer<typeof rolePreview>;
