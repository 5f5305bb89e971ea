import type { ApiKeyId, PermissionName, ResourceId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage, Tx } from '../storage/index.ts';
import * as rows from './rows.ts';

const idOf = (letter: string) => `res_${letter.repeat(22)}` as ResourceId;
const NOTES = { id: idOf('n'), name: 'Notes', audience: 'https://notes.example.com', createdAtMs: 1 };
const NAMES: PermissionName[] = ['notes:read', 'notes:write', 'boards:read'];

async function insertNotes(tx: Tx): Promise<void> {
  await rows.insertResource(tx, NOTES);
  await rows.insertPermissions(
    tx,
    NAMES.map((name) => ({ name, resourceId: NOTES.id, description: name })),
  );
}

/** Keys of one account, of which each carries the given permissions. */
async function insertKeys(tx: Tx, carried: PermissionName[][], change: object = {}): Promise<void> {
  const { accounts, apiKeys, apiKeyPermissions } = tx.tables;
  const account = { id: 'acc_1' as never, kind: 'service' as const, name: 'x', status: 'active' as const };
  await tx.db
    .insert(accounts)
    .values({ ...account, createdAtMs: 1 })
    .onConflictDoNothing();
  for (const [index, permissions] of carried.entries()) {
    const id = `${JSON.stringify(change).length}-${index}` as ApiKeyId;
    const plain = { accountId: account.id, name: 'k', secretDigest: 'x', allowQuery: false, ipAllowList: [] };
    await tx.db.insert(apiKeys).values({ ...plain, id, permissions, createdAtMs: 1, ...change });
    await tx.db.insert(apiKeyPermissions).values(permissions.map((permission) => ({ permission, apiKeyId: id })));
  }
}

const prepare = (storage: Storage, work: (tx: Tx) => Promise<unknown> = async () => undefined) =>
  storage.transact(async (tx) => {
    await insertNotes(tx);
    await work(tx);
  });

onEveryDatabase((_name, open) => {
  it('keeps one resource for each audience, and one owner for each name', async () => {
    const storage = await open();
    const other = { ...NOTES, id: idOf('o'), name: 'Other' };
    await storage.transact(async (tx) => {
      await insertNotes(tx);
      expect(await rows.insertResource(tx, other)).toBe(false);
      expect(await rows.insertResource(tx, { ...other, audience: 'https://other.example.com' })).toBe(true);
      const taken = { name: 'notes:read' as const, resourceId: other.id, description: 'mine now' };
      expect(await rows.insertPermissions(tx, [taken, { ...taken, name: 'other:read' }])).toEqual(['other:read']);
    });
    expect(await rows.listResources(storage.read)).toMatchObject([NOTES, { id: other.id }]);
    expect((await rows.listPermissions(storage.read, NOTES.id)).map(({ name }) => name)).toEqual(NAMES.toSorted());
    expect(await rows.listAllPermissions(storage.read)).toHaveLength(4);
    expect(await rows.findByAudience(storage.read, NOTES.audience)).toEqual(NOTES);
    expect(await rows.findByAudience(storage.read, 'https://notes.example.co_')).toBeNull();
  });

  it('counts keys that work, each once and no further than asked', async () => {
    const storage = await open();
    await prepare(storage, async (tx) => {
      await insertKeys(tx, [['notes:read', 'notes:write'], ['notes:write'], ['boards:read']]);
      await insertKeys(tx, [['notes:read']], { revokedAtMs: 1 });
      await insertKeys(tx, [['notes:read']], { expiresAtMs: 100 });
    });
    const counted = (names: PermissionName[], nowMs: number, atMost = 10) =>
      rows.countKeysCarrying(storage.read, names, nowMs, atMost);
    expect(await counted(['notes:read', 'notes:write'], 99)).toBe(3);
    expect(await counted(['notes:read', 'notes:write'], 100)).toBe(2);
    expect(await counted(NAMES, 99, 2)).toBe(2);
    expect(await counted([], 99)).toBe(0);
  });

  it('finds keys that carry a name only once nobody brings it, and takes that name alone', async () => {
    const storage = await open();
    await prepare(storage, (tx) => insertKeys(tx, [['notes:read', 'boards:read']]));
    expect(await rows.keysCarryingGone(storage.read, 'notes:read', 10)).toEqual([]);
    await storage.transact(async (tx) => {
      await rows.deletePermissions(tx, ['notes:read']);
      const keys = await rows.keysCarryingGone(tx, 'notes:read', 10);
      expect(keys).toMatchObject([{ permissions: ['notes:read', 'boards:read'] }]);
      await rows.takeFromKey(tx, keys[0]!, 'notes:read');
      expect(await rows.keysCarryingGone(tx, 'notes:read', 10)).toEqual([]);
    });
    expect(await rows.namesOnKeys(storage.read, NAMES)).toEqual(['boards:read']);
  });
});
