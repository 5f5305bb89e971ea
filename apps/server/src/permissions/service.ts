import { BUILT_IN_ROLES, type Permission, type Role } from '@latchkey/schemas';

import { notHeld, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { isBuiltIn, permissionsOfRoles } from './effective.ts';
import * as rows from './rows.ts';

export function createRoles({ storage, audit, clock }: { storage: Storage; audit: Audit; clock: Clock }) {
  return {
    async list(): Promise<{ items: Role[] }> {
      const builtIn = Object.entries(BUILT_IN_ROLES).map(([name, { description, permissions }]) => ({
        name,
        description,
        permissions: [...permissions],
        builtIn: true,
      }));
      const custom = await rows.listCustomRoles(storage.read);
      return { items: [...builtIn, ...custom.map((role) => ({ ...role, builtIn: false }))] };
    },

    async create(
      actor: Actor,
      { name, description, permissions }: { name: string; description: string; permissions: Permission[] },
    ): Promise<Role> {
      refuseToExceed(actor, permissions);
      if (isBuiltIn(name)) throw new Problem('name_taken');
      return storage.transact(async (tx) => {
        const inserted = await rows.insertRole(tx, { name, description, permissions, createdAtMs: clock() });
        if (!inserted) throw new Problem('name_taken');
        await audit.record(tx, actor, 'role.created', { target: { kind: 'role', id: name }, details: { permissions } });
        return { name, description, permissions, builtIn: false };
      });
    },
  };
}

export type Roles = ReturnType<typeof createRoles>;

/** Nobody gives more than they hold. */
export function refuseToExceed(actor: Actor, permissions: readonly Permission[]): void {
  const missing = notHeld(actor, permissions);
  if (missing.length > 0) {
    throw new Problem('grant_exceeds_own', { detail: `You can't give this: your role has no ${missing.join(', ')}.` });
  }
}

/** What these roles allow now. */
export async function readPermissions(reader: Reader, roles: readonly string[]): Promise<ReadonlySet<Permission>> {
  const custom = await rows.findCustomRoles(
    reader,
    roles.filter((name) => !isBuiltIn(name)),
  );
  return permissionsOfRoles(roles, new Map(custom.map((role) => [role.name, role.permissions])));
}

/** The roles' permissions, for somebody who wants to give them; refuses names that nothing stands behind. */
export async function requireRoles(reader: Reader, names: readonly string[]): Promise<Permission[]> {
  const custom = await rows.findCustomRoles(
    reader,
    names.filter((name) => !isBuiltIn(name)),
  );
  const unknown = names.find((name) => !isBuiltIn(name) && !custom.some((role) => role.name === name));
  if (unknown !== undefined) {
    throw new Problem('input_invalid', { issues: [{ path: 'roles', message: `There is no role ${unknown}.` }] });
  }
  return [...permissionsOfRoles(names, new Map(custom.map((role) => [role.name, role.permissions])))];
}
