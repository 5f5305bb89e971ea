import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';

import { randomBase62, randomId } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const NOW_MS = 10_000;

async function addOwner(storage: Storage, change: { name?: string; email?: string; status?: 'disabled' } = {}) {
  const id = randomId('acc');
  const owner = {
    name: 'Ada',
    email: `${id.toLowerCase()}@example.com`,
    kind: 'person',
    status: 'active',
    ...change,
  } as const;
  await storage.transact(async ({ db, tables }) => db.insert(tables.accounts).values({ id, createdAtMs: 1, ...owner }));
  return { id, owner };
}

async function add(
  storage: Storage,
  accountId: AccountId,
  change: Partial<rows.ApiKeyRow> = {},
): Promise<rows.ApiKeyRow> {
  const row: rows.ApiKeyRow = {
    id: randomBase62(22) as ApiKeyId,
    accountId,
    name: 'worker',
    secretDigest: 'first',
    previousSecretDigest: null,
    previousSecretUntilMs: null,
    permissions: ['api_keys:read'],
    allowQuery: false,
    ipAllowList: [],
    rateLimit: null,
    quota: null,
    createdAtMs: 1_000,
    expiresAtMs: null,
    rotatedAtMs: null,
    revokedAtMs: null,
    lastUsedAtMs: null,
    remindAtMs: null,
    ...change,
  };
  await storage.transact((tx) => rows.insertApiKey(tx, row));
  return row;
}

const ROTATED = { secretDigest: 'second', previousSecretUntilMs: 20_000, rotatedAtMs: NOW_MS };

onEveryDatabase((_name, open) => {
  const opened = async () => {
    const storage = await open();
    const { id: accountId, owner } = await addOwner(storage);
    const find = async (id: ApiKeyId) => (await rows.findApiKey(storage.read, id))?.key;
    return { storage, accountId, owner, find };
  };

  it('finds a key as it was inserted, with its owner', async () => {
    const { storage, accountId, owner } = await opened();
    const key = await add(storage, accountId, {
      permissions: ['users:read', 'audit:read'],
      allowQuery: true,
      ipAllowList: ['10.0.0.0/8', '2001:db8::/32'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      expiresAtMs: 9_999_999_999_999,
      lastUsedAtMs: 3,
    });
    expect(await rows.findApiKey(storage.read, key.id)).toEqual({ key, owner });
    expect(await rows.findApiKey(storage.read, randomBase62(22) as ApiKeyId)).toBeNull();
  });

  it('lists newest first, page by page, with no key twice or left out', async () => {
    const { storage, accountId } = await opened();
    const made: rows.ApiKeyRow[] = [];
    for (let index = 0; index < 11; index += 1) {
      made.push(await add(storage, accountId, { createdAtMs: 1_000 + Math.floor(index / 3) })); // several of one millisecond
    }
    const listed: rows.ApiKeyRow[] = [];
    for (;;) {
      const last = listed.at(-1);
      const after = last ?? null;
      const page = await rows.listApiKeys(storage.read, {}, after, 4, NOW_MS);
      if (page.length === 0) break;
      listed.push(...page.map(({ key }) => key));
    }
    const newestFirst = made.toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
    expect(listed).toEqual(newestFirst);
  });

  it('filters by owner, and by the status that the key is told to have', async () => {
    const { storage, accountId } = await opened();
    const { id: gone } = await addOwner(storage, { status: 'disabled' });
    const keys = {
      active: await add(storage, accountId, { expiresAtMs: NOW_MS + 1 }),
      expired: await add(storage, accountId, { expiresAtMs: NOW_MS }),
      revoked: await add(storage, accountId, { revokedAtMs: 5, expiresAtMs: 6 }),
      disabled: await add(storage, gone),
      'revoked of gone': await add(storage, gone, { revokedAtMs: 5 }),
      'expired of gone': await add(storage, gone, { expiresAtMs: 5 }),
    };
    const names = async (filter: rows.ApiKeyFilter) => {
      const found = await rows.listApiKeys(storage.read, filter, null, 10, NOW_MS);
      return Object.entries(keys).flatMap(([name, { id }]) => (found.some(({ key }) => key.id === id) ? [name] : []));
    };
    expect(await names({ status: 'active' })).toEqual(['active']);
    expect(await names({ status: 'expired' })).toEqual(['expired', 'expired of gone']);
    expect(await names({ status: 'revoked' })).toEqual(['revoked', 'revoked of gone']);
    expect(await names({ status: 'disabled' })).toEqual(['disabled']);
    expect(await names({ accountId })).toEqual(['active', 'expired', 'revoked']);
    expect(await names({ accountId: gone, status: 'expired' })).toEqual(['expired of gone']);
    expect(await names({})).toHaveLength(6);
  });

  it('searches names, owners and the start of a key’s text, and takes %, _ and \\ for themselves', async () => {
    const { storage, accountId } = await opened();
    const { id: emile } = await addOwner(storage, { name: 'Émile', email: 'zola@example.org' });
    const keys = {
      billing: await add(storage, accountId, { name: 'Billing worker' }),
      percent: await add(storage, accountId, { name: '100% \\sure_ly' }),
      ecole: await add(storage, emile, { name: 'École' }),
    };
    const search = async (q: string) => {
      const found = await rows.listApiKeys(storage.read, { q }, null, 10, NOW_MS);
      return Object.entries(keys).flatMap(([name, { id }]) => (found.some(({ key }) => key.id === id) ? [name] : []));
    };
    expect(await search('bILL')).toEqual(['billing']);
    for (const q of ['École', 'Émile', 'ZOLA', 'example.org']) expect([q, await search(q)]).toEqual([q, ['ecole']]);
    for (const q of ['%', '0% \\s', 'e_l', '\\']) expect([q, await search(q)]).toEqual([q, ['percent']]);
    const { id } = keys.billing;
    for (const q of [id, `lk_${id}`, `lk_${id.slice(0, 6)}`, `lk_${id}_secret`])
      expect(await search(q)).toEqual(['billing']);
    expect(await search("' or 1=1 --")).toEqual([]);
  });

  it('renames one key', async () => {
    const { storage, accountId, find } = await opened();
    const [key, other] = [await add(storage, accountId), await add(storage, accountId)];
    await storage.transact((tx) => rows.renameApiKey(tx, key.id, 'new'));
    expect(await find(key.id)).toEqual({ ...key, name: 'new' });
    expect(await find(other.id)).toEqual(other);
  });

  it('replaces the secret that the rotator saw, and keeps it as the previous one for the grace alone', async () => {
    const { storage, accountId, find } = await opened();
    const key = await add(storage, accountId);
    const replace = (
      change: typeof ROTATED | (Omit<typeof ROTATED, 'previousSecretUntilMs'> & { previousSecretUntilMs: null }),
    ) => storage.transact((tx) => rows.replaceSecret(tx, key, change));
    expect(await replace(ROTATED)).toBe(true);
    const rotated = { ...key, ...ROTATED, previousSecretDigest: 'first' };
    expect(await find(key.id)).toEqual(rotated);
    expect(await replace(ROTATED)).toBe(false);
    const again = { secretDigest: 'third', previousSecretUntilMs: null, rotatedAtMs: NOW_MS + 1 };
    await storage.transact((tx) => rows.replaceSecret(tx, rotated, again));
    expect(await find(key.id)).toEqual({ ...key, ...again, previousSecretDigest: null });
  });

  it('lets one of twenty rotators who saw the same secret replace it [B05]', async () => {
    const { storage, accountId } = await opened();
    const key = await add(storage, accountId);
    const rotations = Array.from({ length: 20 }, (_, index) =>
      storage.transact((tx) => rows.replaceSecret(tx, key, { ...ROTATED, secretDigest: `next ${index}` })),
    );
    expect((await Promise.all(rotations)).filter(Boolean)).toHaveLength(1);
  });

  it('revokes once, takes the grace away with it, and lets nobody rotate afterwards', async () => {
    const { storage, accountId, find } = await opened();
    const key = await add(storage, accountId, { previousSecretDigest: 'before', previousSecretUntilMs: 20_000 });
    const other = await add(storage, accountId);
    const revoke = () => storage.transact((tx) => rows.revokeApiKey(tx, key.id, NOW_MS));
    expect([await revoke(), await revoke()]).toEqual([true, false]);
    const revoked = { ...key, revokedAtMs: NOW_MS, previousSecretDigest: null, previousSecretUntilMs: null };
    expect(await find(key.id)).toEqual(revoked);
    expect(await storage.transact((tx) => rows.replaceSecret(tx, key, ROTATED))).toBe(false);
    expect(await find(key.id)).toEqual(revoked);
    expect(await find(other.id)).toEqual(other);
  });

  it('marks when a key was used, and that of an unknown one without harm', async () => {
    const { storage, accountId, find } = await opened();
    const key = await add(storage, accountId);
    const [other, unused] = [await add(storage, accountId), await add(storage, accountId)];
    const unknown = { id: randomBase62(22) as ApiKeyId, atMs: 9 };
    const uses = [{ id: key.id, atMs: 7 }, unknown, { id: other.id, atMs: 8 }];
    await storage.transact((tx) => rows.markUsed(tx, uses));
    expect(await find(key.id)).toEqual({ ...key, lastUsedAtMs: 7 });
    expect(await find(other.id)).toEqual({ ...other, lastUsedAtMs: 8 });
    await storage.transact((tx) => rows.markUsed(tx, [{ id: key.id, atMs: 6 }]));
    expect(await find(key.id)).toEqual({ ...key, lastUsedAtMs: 7 });
    expect(await find(unused.id)).toEqual(unused);
  });

  it('belongs to an account that exists', async () => {
    const { storage } = await opened();
    const { apiKeys } = storage.read.tables;
    await expect(add(storage, randomId('acc'))).rejects.toThrow(/foreign key/i);
    expect(await storage.read.db.select().from(apiKeys).where(eq(apiKeys.name, 'worker'))).toEqual([]);
  });
});
