import { setTimeout as sleep } from 'node:timers/promises';

import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit';
import { expect, it } from 'vitest';

import type { Storage, Tx } from '../storage/index.ts';
import { DAY_MS, HOUR_MS } from '../time/index.ts';
import * as rows from './rows.ts';

const KEY = 'a'.repeat(22) as ApiKeyId;
const OTHER = 'b'.repeat(22) as ApiKeyId;
const ONE_OF_EACH = { ok: 1, denied: 1, limited: 1, failed: 1 };

const hour = (hourMs: number, apiKeyId = KEY, procedure = 'me.get'): rows.HourRow => ({
  apiKeyId,
  hourMs,
  procedure,
  permissions: '',
  ...ONE_OF_EACH,
});

const source = (network: string, atMs: number, byPrevious = false): rows.SourceRow => ({
  apiKeyId: KEY,
  network,
  agent: 'curl/8',
  calls: 2,
  firstSeenAtMs: atMs,
  lastSeenAtMs: atMs,
  previousSecretAtMs: byPrevious ? atMs : null,
});

const ACCOUNT = 'acc_1' as AccountId;

async function insertKey(storage: Storage): Promise<void> {
  await storage.transact(async ({ db, tables }) => {
    const person = { id: ACCOUNT, kind: 'person', name: 'Ada', status: 'active', createdAtMs: 0 } as const;
    await db.insert(tables.accounts).values(person);
    const may = { permissions: [], allowQuery: false, ipAllowList: [] };
    const key = { id: KEY, accountId: ACCOUNT, name: 'k', secretDigest: 'd', createdAtMs: 0, ...may };
    await db.insert(tables.apiKeys).values(key);
  });
}

/** Two transactions, of which the second begins while the first is under way and has done its first step. */
async function oneInAnother(storage: Storage, first: (tx: Tx) => Promise<void>, second: (tx: Tx) => Promise<void>) {
  const begun = Promise.withResolvers<void>();
  const all = storage.transact(async (tx) => {
    await first(tx);
    begun.resolve();
    await sleep(100);
  });
  await begun.promise;
  await Promise.all([all, storage.transact(second)]);
}

onEveryDatabase((_name, open) => {
  it('adds calls to what was counted, apart by key, hour, procedure and permissions', async () => {
    const storage = await open();
    const added = [hour(0), hour(HOUR_MS), hour(0, OTHER), hour(0, KEY, 'audit.list')];
    const again = [hour(0), { ...hour(0), permissions: 'audit:read' }];
    await storage.transact((tx) => rows.addHours(tx, added));
    await storage.transact((tx) => rows.addHours(tx, again));
    const byHour = await rows.sumByProcedure(storage.read, KEY, 0, HOUR_MS);
    const texts = byHour.map(({ atMs, procedure, ok, denied }) => [atMs / HOUR_MS, procedure, ok, denied].join(' '));
    expect(texts.toSorted()).toEqual(['0 audit.list 1 1', '0 me.get 3 3', '1 me.get 1 1']);
    const byDay = await rows.sumByProcedure(storage.read, KEY, 0, DAY_MS);
    expect(byDay.toSorted((a, b) => a.ok - b.ok)).toEqual([
      { atMs: 0, procedure: 'audit.list', ...ONE_OF_EACH },
      { atMs: 0, procedure: 'me.get', ok: 4, denied: 4, limited: 4, failed: 4 },
    ]);
    expect(await rows.sumByProcedure(storage.read, OTHER, HOUR_MS, HOUR_MS)).toEqual([]);
    const byPermissions = await rows.sumByPermissions(storage.read, KEY, 0);
    expect(byPermissions.toSorted((a, b) => a.ok - b.ok)).toEqual([
      { permissions: 'audit:read', ...ONE_OF_EACH },
      { permissions: '', ok: 4, denied: 4, limited: 4, failed: 4 },
    ]);
    expect(await rows.sumByPermissions(storage.read, KEY, HOUR_MS)).toEqual([{ permissions: '', ...ONE_OF_EACH }]);
  });

  it('loses nothing where two add at once', async () => {
    const storage = await open();
    await Promise.all(Array.from({ length: 20 }, () => storage.transact((tx) => rows.addHours(tx, [hour(0)]))));
    expect(await rows.sumByPermissions(storage.read, KEY, 0)).toMatchObject([{ ok: 20, failed: 20 }]);
  });

  it('gives the days of the asked keys alone', async () => {
    const storage = await open();
    const day = (dayMs: number, apiKeyId: ApiKeyId) => ({ apiKeyId, dayMs, ...ONE_OF_EACH });
    await storage.transact((tx) => rows.addDays(tx, [day(0, KEY), day(DAY_MS, KEY), day(DAY_MS, OTHER)]));
    await storage.transact((tx) => rows.addDays(tx, [day(DAY_MS, KEY)]));
    expect(await rows.listDays(storage.read, [KEY], DAY_MS)).toEqual([
      { apiKeyId: KEY, dayMs: DAY_MS, ok: 2, denied: 2, limited: 2, failed: 2 },
    ]);
    expect(await rows.listDays(storage.read, [], 0)).toEqual([]);
  });

  it('removes the oldest hours and days, so many at once', async () => {
    const storage = await open();
    await storage.transact((tx) =>
      rows.addHours(
        tx,
        [0, 1, 2, 3].map((at) => hour(at * HOUR_MS)),
      ),
    );
    const days = [0, 1].map((at) => ({ apiKeyId: KEY, dayMs: at * DAY_MS, ...ONE_OF_EACH }));
    await storage.transact((tx) => rows.addDays(tx, days));
    expect(await storage.transact((tx) => rows.removeHours(tx, 3 * HOUR_MS, 2))).toBe(2);
    const left = await rows.sumByProcedure(storage.read, KEY, 0, HOUR_MS);
    expect(new Set(left.map(({ atMs }) => atMs / HOUR_MS))).toEqual(new Set([2, 3]));
    expect(await storage.transact((tx) => rows.removeHours(tx, 3 * HOUR_MS, 2))).toBe(1);
    expect(await storage.transact((tx) => rows.removeDays(tx, DAY_MS, 2))).toBe(1);
    expect(await rows.listDays(storage.read, [KEY], 0)).toHaveLength(1);
  });

  it('keeps the latest sources of a key, and when an old secret came from there', async () => {
    const storage = await open();
    const first = [source('10.0.0.1', 1, true), source('10.0.0.2', 2)];
    expect(await storage.transact((tx) => rows.addSources(tx, first))).toEqual([KEY, KEY]);
    expect(await storage.transact((tx) => rows.addSources(tx, [source('10.0.0.1', 3)]))).toEqual([]);
    await storage.transact((tx) => rows.addSources(tx, [source('10.0.0.3', 4)]));
    const withMore = (kept: number) => storage.transact((tx) => rows.keysWithMoreSources(tx, [KEY, OTHER], kept));
    expect([await withMore(2), await withMore(3)]).toEqual([[KEY], []]);
    await storage.transact((tx) => rows.trimSources(tx, KEY, 2));
    expect(await rows.listSources(storage.read, KEY)).toMatchObject([
      { network: '10.0.0.3', calls: 2, previousSecretAtMs: null },
      { network: '10.0.0.1', calls: 4, firstSeenAtMs: 1, lastSeenAtMs: 3, previousSecretAtMs: 1 },
    ]);
  });

  it('knows the keys of closed accounts, also of one that is being closed, and lets none be closed meanwhile', async () => {
    const storage = await open();
    await insertKey(storage);
    const found: ApiKeyId[][] = [];
    const ask = async (tx: Tx) => void found.push([...(await rows.keysOfClosed(tx, [KEY, OTHER]))]);
    const write = async (tx: Tx) => {
      await ask(tx);
      await rows.addSources(tx, [source('10.0.0.1', 1)]);
    };
    const close = async ({ db, tables }: Tx) => {
      await db.update(tables.accounts).set({ status: 'closed' });
      await db.delete(tables.apiKeySources);
    };
    await oneInAnother(storage, write, close);
    expect(await rows.listSources(storage.read, KEY)).toEqual([]);
    await storage.transact(async ({ db, tables }) => void (await db.update(tables.accounts).set({ status: 'active' })));
    await oneInAnother(storage, close, ask);
    expect(found).toEqual([[], [KEY]]);
  });

  it('never gives more of a quota than its limit, to however many at once', async () => {
    const storage = await open();
    const take = (periodEndsAtMs: number) =>
      storage.transact((tx) => rows.takeFromPeriod(tx, { id: KEY, periodEndsAtMs, limit: 50, wanted: 7 }));
    const taken = await Promise.all(Array.from({ length: 20 }, () => take(1)));
    expect(taken.reduce((sum, each) => sum + each)).toBe(50);
    const findUsed = (id: ApiKeyId, periodEndsAtMs: number) => rows.findUsed(storage.read, id, periodEndsAtMs);
    expect(await findUsed(KEY, 1)).toBe(50);
    await storage.transact((tx) => rows.giveBack(tx, KEY, 1, 7));
    expect([await findUsed(KEY, 1), await findUsed(KEY, 2), await findUsed(OTHER, 1)]).toEqual([43, 0, 0]);
    expect([await take(2), await findUsed(KEY, 2)]).toEqual([7, 7]);
  });
});
