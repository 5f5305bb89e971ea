import { BUILT_IN_ROLES, type BuiltInRole, type PermissionName, type Role } from '@latchkey/schemas';

import { notHeld, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { refuseUnregistered } from './catalogue.ts';
import { isBuiltIn, permissionsOfRoles } from './effective.ts';
import * as rows from './rows.ts';

const BUILT_IN = Object.keys(BUILT_IN_ROLES) as BuiltInRole[];

export function createRoles({ storage, audit, clock }: { storage: Storage; audit: Audit; clock: Clock }) {
  return {
    async list(): Promise<{ items: Role[] }> {
      const added = storedByName(await rows.findStoredRoles(storage.read, BUILT_IN));
      const custom = await rows.listCustomRoles(storage.read);
      return { items: [...BUILT_IN.map((name) => builtInRole(name, added)), ...custom.map(customRole)] };
    },

    async create(
      actor: Actor,
      { name, description, permissions }: { name: string; description: string; permissions: PermissionName[] },
    ): Promise<Role> {
      refuseToExceed(actor, permissions);
      if (isBuiltIn(name)) throw new Problem('name_taken');
      return storage.transact(async (tx) => {
        const inserted = await rows.insertRole(tx, { name, description, permissions, createdAtMs: clock() });
        if (!inserted) throw new Problem('name_taken');
        await audit.record(tx, actor, 'role.created', { target: { kind: 'role', id: name }, details: { permissions } });
        await refuseUnregistered(tx, permissions);
        return { name, description, permissions, builtIn: false };
      });
    },
  };
}

export type Roles = ReturnType<typeof createRoles>;

function customRole({ name, description, permissions }: rows.StoredRole): Role {
  return { name, description, permissions, builtIn: false };
}

function builtInRole(name: BuiltInRole, added: StoredPermissions): Role {
  const permissions = [...permissionsOfRoles([name], added)];
  return { name, description: BUILT_IN_ROLES[name].description, permissions, builtIn: true };
}

/** Nobody gives more than they hold. */
export function refuseToExceed(actor: Actor, permissions: readonly PermissionName[]): void {
  const missing = notHeld(actor, permissions);
  if (missing.length > 0) {
    throw new Problem('grant_exceeds_own', { detail: `You can't give this: your role has no ${missing.join(', ')}.` });
  }
}

type StoredPermissions = ReadonlyMap<string, readonly PermissionName[]>;

function storedByName(stored: readonly rows.StoredRole[]): StoredPermissions {
  return new Map(stored.map(({ name, permissions }) => [name, permissions]));
}

/** What these roles allow now. */
export async function readPermissions(reader: Reader, roles: readonly string[]): Promise<ReadonlySet<PermissionName>> {
  return permissionsOfRoles(roles, storedByName(await rows.findStoredRoles(reader, roles)));
}

/** The roles' permissions, for somebody who wants to give them; refuses names that nothing stands behind. */
export async function requireRoles(reader: Reader, names: readonly string[]): Promise<PermissionName[]> {
  const stored = storedByName(await rows.findStoredRoles(reader, names));
  const unknown = names.find((name) => !isBuiltIn(name) && !stored.has(name));
  if (unknown !== undefined) {
    throw new Problem('input_invalid', { issues: [{ path: 'roles', message: `There is no role ${unknown}.` }] });
  }
  return [...permissionsOfRoles(names, stored)];
}
