import {
  ALL_PERMISSIONS,
  isOwnPermission,
  REGISTERED_AT_MOST,
  type DescribedPermission,
  type PermissionName,
  type Resource,
  type ResourceId,
  type ResourcePreview,
} from '@latchkey/schemas';

import { SERVER, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomId } from '../crypto/index.ts';
import { settleRoles } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { findHolders, KEYS_COUNTED_AT_MOST, refuseWhileHeld, takeFromKeys } from './holders.ts';
import { latchkey, LATCHKEY_ID } from './latchkey.ts';
import * as rows from './rows.ts';

const RESOURCES_AT_MOST = 200;

export type ResourcesNeeds = { storage: Storage; audit: Audit; clock: Clock; issuer: string };

type NewResource = { name: string; audience: string; permissions: DescribedPermission[] };
type ResourceChange = { [Name in keyof NewResource]?: NewResource[Name] | undefined } & {
  id: ResourceId;
  takeFromHolders: boolean;
};

/** The APIs that trust Latchkey, and the permissions that they bring. */
export function createResources({ storage, audit, clock, issuer }: ResourcesNeeds) {
  const itself = latchkey(issuer);

  async function read(reader: Reader, row: rows.ResourceRow): Promise<Resource> {
    return resourceOf(row, await rows.listPermissions(reader, row.id));
  }

  async function requireResource(reader: Reader, id: ResourceId): Promise<rows.ResourceRow> {
    const row = await rows.findResource(reader, id);
    if (row === null) throw new Problem('not_found');
    return row;
  }

  /** The one that an act is about to change. */
  async function requireChangeable(tx: Tx, id: ResourceId): Promise<rows.ResourceRow> {
    if (id === LATCHKEY_ID) throw new Problem('state_conflict', { detail: "Latchkey itself can't be changed here." });
    return requireResource(tx, id);
  }

  async function refuseTakenAudience(tx: Tx, id: ResourceId, audience: string): Promise<void> {
    const other = audience === issuer ? itself : await rows.findByAudience(tx, audience);
    if (other !== null && other.id !== id) throw audienceTaken(other.name);
  }

  return {
    /** Latchkey first, then the others, oldest first. */
    async list(): Promise<{ items: Resource[] }> {
      const registered = await rows.listResources(storage.read);
      const permissions = Map.groupBy(await rows.listAllPermissions(storage.read), ({ resourceId }) => resourceId);
      return { items: [itself, ...registered.map((row) => resourceOf(row, permissions.get(row.id) ?? []))] };
    },

    async get(id: ResourceId): Promise<Resource> {
      return id === LATCHKEY_ID ? itself : read(storage.read, await requireResource(storage.read, id));
    },

    /** The resource that a token with this audience is for. */
    async findByAudience(audience: string): Promise<Resource | null> {
      if (audience === issuer) return itself;
      const row = await rows.findByAudience(storage.read, audience);
      return row && read(storage.read, row);
    },

    async create(actor: Actor, { name, audience, permissions }: NewResource): Promise<Resource> {
      const row = { id: randomId('res'), name, audience, createdAtMs: clock() };
      await takeFromKeys(storage, namesOf(permissions));
      return storage.transact(async (tx) => {
        await refuseTakenAudience(tx, row.id, audience);
        if ((await rows.listResources(tx)).length >= RESOURCES_AT_MOST) throw tooMany(`${RESOURCES_AT_MOST} resources`);
        if (!(await rows.insertResource(tx, row))) throw audienceTaken('Another resource');
        await addPermissions(tx, row.id, permissions);
        const details = { audience, permissions: namesOf(permissions) };
        await audit.record(tx, actor, 'resource.created', { target: targetOf(row), details });
        await settleRoles(tx);
        return read(tx, row);
      });
    },

    async update(actor: Actor, change: ResourceChange): Promise<Resource> {
      const { id, permissions: wanted, takeFromHolders } = change;
      await takeFromKeys(storage, namesOf(wanted ?? []));
      const { resource, removed } = await storage.transact(async (tx) => {
        const before = await requireChangeable(tx, id);
        const difference = differenceOf(await rows.listPermissions(tx, id), wanted);
        const holders = await findHolders(tx, difference.removed, clock());
        if (!takeFromHolders) refuseWhileHeld(holders);
        const after = { ...before, name: change.name ?? before.name, audience: change.audience ?? before.audience };
        await refuseTakenAudience(tx, id, after.audience);
        await changePermissions(tx, id, difference);
        const details = { ...changesOf(before, after), ...namesIn(difference), takenFrom: holders };
        await audit.record(tx, actor, 'resource.changed', { target: targetOf(before), details });
        await rows.updateResource(tx, id, { name: after.name, audience: after.audience });
        await settleRoles(tx, difference.removed);
        return { resource: await read(tx, after), removed: difference.removed };
      });
      await takeFromKeys(storage, removed);
      return resource;
    },

    /** Who would lose what if the resource's permissions were these. */
    async preview({ id, permissions }: { id: ResourceId; permissions: PermissionName[] }): Promise<ResourcePreview> {
      const { id: found } = await requireResource(storage.read, id);
      const before = namesOf(await rows.listPermissions(storage.read, found));
      const removed = before.filter((each) => !permissions.includes(each));
      const holders = await findHolders(storage.read, removed, clock());
      return { removed, ...holders, atLeast: holders.apiKeys === KEYS_COUNTED_AT_MOST };
    },

    /** Nobody holds its permissions afterwards. */
    async remove(actor: Actor, { id, takeFromHolders }: { id: ResourceId; takeFromHolders: boolean }): Promise<void> {
      const removed = await storage.transact(async (tx) => {
        const row = await requireChangeable(tx, id);
        const names = namesOf(await rows.listPermissions(tx, id));
        const holders = await findHolders(tx, names, clock());
        if (!takeFromHolders) refuseWhileHeld(holders);
        await rows.deletePermissions(tx, names);
        await rows.deleteResource(tx, id);
        const details = { audience: row.audience, removed: names, takenFrom: holders };
        await audit.record(tx, actor, 'resource.removed', { target: targetOf(row), details });
        await settleRoles(tx, names);
        return names;
      });
      await takeFromKeys(storage, removed);
    },

    /**
     * An update may bring Latchkey a permission whose name a resource has. It is Latchkey's from then on, and nobody holds it
     * for having held the other. Asked at the start, before anybody is let in.
     */
    async giveWay(): Promise<void> {
      const taken = await rows.findPermissions(storage.read, ALL_PERMISSIONS);
      for (const [id, permissions] of Map.groupBy(taken, ({ resourceId }) => resourceId)) {
        await storage.transact(async (tx) => {
          const names = namesOf(permissions);
          await rows.deletePermissions(tx, names);
          const target = targetOf(await requireResource(tx, id));
          await audit.record(tx, SERVER, 'resource.changed', { target, details: { removed: names } });
          await settleRoles(tx, names);
        });
      }
      await takeFromKeys(storage, await rows.namesOnKeys(storage.read, ALL_PERMISSIONS));
    },
  };
}

export type Resources = ReturnType<typeof createResources>;

function resourceOf(row: rows.ResourceRow, permissions: readonly rows.PermissionRow[]): Resource {
  return {
    ...row,
    permissions: permissions.map(({ name, description }) => ({ name, description })),
    builtIn: false,
  };
}

function targetOf({ id, name }: rows.ResourceRow) {
  return { kind: 'resource', id, name };
}

function namesOf(permissions: readonly { name: PermissionName }[]): PermissionName[] {
  return permissions.map(({ name }) => name);
}

function audienceTaken(by: string): Problem {
  return new Problem('input_invalid', { issues: [{ path: 'audience', message: `${by} has this address already.` }] });
}

function tooMany(what: string): Problem {
  return new Problem('state_conflict', { detail: `There can be ${what} at most. Remove some first.` });
}

type Difference = { added: DescribedPermission[]; described: DescribedPermission[]; removed: PermissionName[] };

/** What a new list of permissions changes; without one, nothing. */
function differenceOf(before: readonly DescribedPermission[], wanted: DescribedPermission[] | undefined): Difference {
  if (wanted === undefined) return { added: [], described: [], removed: [] };
  const sentences = new Map(before.map(({ name, description }) => [name, description]));
  const names = new Set(namesOf(wanted));
  return {
    added: wanted.filter(({ name }) => !sentences.has(name)),
    described: wanted.filter(({ name, description }) => sentences.has(name) && sentences.get(name) !== description),
    removed: namesOf(before).filter((name) => !names.has(name)),
  };
}

function namesIn({ added, described, removed }: Difference) {
  return { added: namesOf(added), described: namesOf(described), removed };
}

async function changePermissions(tx: Tx, id: ResourceId, { added, described, removed }: Difference): Promise<void> {
  if (removed.length > 0) await rows.deletePermissions(tx, removed);
  for (const { name, description } of described) await rows.describePermission(tx, name, description);
  await addPermissions(tx, id, added);
}

/** A name belongs to one resource, and Latchkey's own to Latchkey. */
async function addPermissions(tx: Tx, resourceId: ResourceId, added: readonly DescribedPermission[]): Promise<void> {
  const own = added.find(({ name }) => isOwnPermission(name));
  if (own !== undefined) throw nameTaken(own.name, 'Latchkey');
  const inserted = new Set(
    await rows.insertPermissions(
      tx,
      added.map((each) => ({ ...each, resourceId })),
    ),
  );
  const taken = namesOf(added).find((name) => !inserted.has(name));
  if (taken !== undefined) throw nameTaken(taken, 'another resource');
  if ((await rows.listAllPermissions(tx)).length > REGISTERED_AT_MOST)
    throw tooMany(`${REGISTERED_AT_MOST} permissions`);
}

function nameTaken(name: PermissionName, by: string): Problem {
  return new Problem('name_taken', { detail: `${name} belongs to ${by} already.` });
}

/** Only what is different afterwards. */
function changesOf(before: rows.ResourceRow, after: rows.ResourceRow) {
  return Object.fromEntries(
    (['name', 'audience'] as const)
      .filter((field) => before[field] !== after[field])
      .map((field) => [field, { from: before[field], to: after[field] }]),
  );
}
