import { BUILT_IN_ROLES, type BuiltInRole, type PermissionName, type Role, type RolePreview } from '@latchkey/schemas';

import { holds, notHeld, type AccountActor, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { Problem } from '../problems/index.ts';
import { decodeCursor, pageOf, type Reader, type Storage, type Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { refuseUnregistered } from './catalogue.ts';
import { isBuiltIn, permissionsOfRoles } from './effective.ts';
import { previewChange } from './preview.ts';
import * as rows from './rows.ts';

const ROLES_AT_MOST = 500;
const COUNTED_AT_MOST = 1_000;

const BUILT_IN = Object.keys(BUILT_IN_ROLES) as BuiltInRole[];

type RoleChange = {
  name: string;
  description?: string | undefined;
  permissions?: PermissionName[] | undefined;
  secondFactorFromMs?: number | null | undefined;
};

export function createRoles({ storage, audit, clock }: { storage: Storage; audit: Audit; clock: Clock }) {
  /** A role that holds no more than the actor, who is about to change it. */
  async function requireChangeable(tx: Tx, actor: Actor, name: string): Promise<Role> {
    await rows.lockRole(tx, name);
    const role = await readRole(tx, name);
    refuseToExceed(actor, role.permissions);
    return role;
  }

  async function write(tx: Tx, { name, description, permissions, secondFactorFromMs }: Role): Promise<void> {
    if (isBuiltIn(name)) return rows.putBuiltIn(tx, name, { secondFactorFromMs });
    await rows.updateRole(tx, name, { description, permissions, secondFactorFromMs });
  }

  return {
    async list(): Promise<{ items: Role[] }> {
      const stored = await rows.findStoredRoles(storage.read, BUILT_IN);
      const custom = await rows.listCustomRoles(storage.read);
      return { items: [...BUILT_IN.map((name) => builtInRole(name, stored)), ...custom.map(customRole)] };
    },

    async create(
      actor: Actor,
      { name, description, permissions }: { name: string; description: string; permissions: PermissionName[] },
    ): Promise<Role> {
      refuseToExceed(actor, permissions);
      if (isBuiltIn(name)) throw new Problem('name_taken');
      return storage.transact(async (tx) => {
        const role = { name, description, permissions, secondFactorFromMs: null };
        const inserted = await rows.insertRole(tx, { ...role, createdAtMs: clock() });
        if (!inserted) throw new Problem('name_taken');
        if ((await rows.listCustomRoles(tx)).length > ROLES_AT_MOST) throw tooManyRoles();
        // Whoever was given a role of this name while it was being removed doesn't have the new one.
        await rows.takeRole(tx, name);
        await audit.record(tx, actor, 'role.created', { target: targetOf(name), details: { permissions } });
        await refuseUnregistered(tx, permissions);
        return { ...role, builtIn: false };
      });
    },

    get: (name: string): Promise<Role> => readRole(storage.read, name),

    /** At once: whoever has it may do what it says on their next call. A built-in role's second factor is all of it that changes. */
    async update(actor: Actor, { name, ...change }: RoleChange): Promise<Role> {
      if (change.description !== undefined || change.permissions) refuseBuiltIn(name);
      return storage.transact(async (tx) => {
        const before = await requireChangeable(tx, actor, name);
        const after = { ...before, ...defined(change) };
        const difference = differenceOf(before, after);
        if (Object.keys(difference).length === 0) return before;
        refuseToExceed(actor, after.permissions);
        await audit.record(tx, actor, 'role.changed', { target: targetOf(name), details: difference });
        await refuseUnregistered(tx, after.permissions);
        await write(tx, after);
        return after;
      });
    },

    /** Whom it would keep out, if it wanted a second factor now. */
    async withoutFactor(name: string): Promise<{ people: number; atLeast: boolean }> {
      await readRole(storage.read, name);
      const found = await rows.countWithoutFactor(storage.read, name, COUNTED_AT_MOST + 1);
      return { people: Math.min(found, COUNTED_AT_MOST), atLeast: found > COUNTED_AT_MOST };
    },

    async remove(actor: Actor, { name, takeFromHolders }: { name: string; takeFromHolders: boolean }): Promise<void> {
      refuseBuiltIn(name);
      await storage.transact(async (tx) => {
        const { permissions } = await requireChangeable(tx, actor, name);
        const [holder] = await rows.listHolders(tx, name, ['person', 'service'], null, 1);
        if (holder && !takeFromHolders) throw stillHeld();
        await audit.record(tx, actor, 'role.removed', { target: targetOf(name), details: { permissions } });
        await rows.takeRole(tx, name);
        await rows.deleteRole(tx, name);
      });
    },

    /** What it would do to give the role these permissions: an empty list tells what its removal would. */
    async preview({ name, permissions }: { name: string; permissions: PermissionName[] }): Promise<RolePreview> {
      const before = await readRole(storage.read, name);
      return previewChange(storage.read, name, before.permissions, permissions, clock());
    },

    /** Who has the role, as far as the actor may see such accounts. */
    async holders(actor: AccountActor, asked: { name: string; cursor?: string | undefined; limit: number }) {
      const { name, cursor, limit } = asked;
      await readRole(storage.read, name);
      const after = decodeCursor(cursor)?.id ?? null;
      const found = await rows.listHolders(storage.read, name, kindsSeenBy(actor), after, limit + 1);
      return pageOf(found, limit, (holder) => holder);
    },
  };
}

export type Roles = ReturnType<typeof createRoles>;

function customRole({ name, description, permissions, secondFactorFromMs }: rows.StoredRole): Role {
  return { name, description, permissions, secondFactorFromMs, builtIn: false };
}

function builtInRole(name: BuiltInRole, stored: readonly rows.StoredRole[]): Role {
  const permissions = [...permissionsOfRoles([name], storedByName(stored))];
  const secondFactorFromMs = stored.find((each) => each.name === name)?.secondFactorFromMs ?? null;
  return { name, description: BUILT_IN_ROLES[name].description, permissions, secondFactorFromMs, builtIn: true };
}

function refuseBuiltIn(name: string): void {
  if (isBuiltIn(name)) throw new Problem('state_conflict', { detail: "Built-in roles can't be changed." });
}

/** Nobody gives more than they hold. */
export function refuseToExceed(actor: Actor, permissions: readonly PermissionName[]): void {
  const missing = notHeld(actor, permissions);
  if (missing.length > 0) {
    throw new Problem('grant_exceeds_own', { detail: `You can't give this: your role has no ${missing.join(', ')}.` });
  }
}

async function readRole(reader: Reader, name: string): Promise<Role> {
  const [stored] = await rows.findStoredRoles(reader, [name]);
  if (isBuiltIn(name)) return builtInRole(name, stored ? [stored] : []);
  if (stored === undefined) throw new Problem('not_found');
  return customRole(stored);
}

function kindsSeenBy(actor: Actor): rows.Holder['kind'][] {
  return [
    ...(holds(actor, 'users:read') ? (['person'] as const) : []),
    ...(holds(actor, 'service_accounts:read') ? (['service'] as const) : []),
  ];
}

function targetOf(name: string) {
  return { kind: 'role', id: name };
}

function tooManyRoles(): Problem {
  return new Problem('state_conflict', { detail: `There can be ${ROLES_AT_MOST} roles at most. Remove some first.` });
}

function stillHeld(): Problem {
  return new Problem('in_use', { detail: 'Somebody has this role. Say takeFromHolders to take it from them.' });
}

/** What was sent, and nothing that wasn't. */
function defined({ description, permissions, secondFactorFromMs }: Omit<RoleChange, 'name'>) {
  return {
    ...(description !== undefined && { description }),
    ...(permissions && { permissions }),
    ...(secondFactorFromMs !== undefined && { secondFactorFromMs }),
  };
}

function differenceOf(before: Role, after: Role): Record<string, unknown> {
  const gained = after.permissions.filter((each) => !before.permissions.includes(each));
  const lost = before.permissions.filter((each) => !after.permissions.includes(each));
  return {
    ...(before.description !== after.description && {
      description: { from: before.description, to: after.description },
    }),
    ...(gained.length > 0 && { gained }),
    ...(lost.length > 0 && { lost }),
    ...(before.secondFactorFromMs !== after.secondFactorFromMs && {
      secondFactorFromMs: { from: before.secondFactorFromMs, to: after.secondFactorFromMs },
    }),
  };
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
