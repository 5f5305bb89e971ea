import type { AccountId, SessionId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import { randomId } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const NOW_MS = 10_000;

async function addAccount(storage: Storage): Promise<AccountId> {
  const id = randomId('acc');
  const row = { id, kind: 'person', name: 'x', status: 'active', createdAtMs: 1 } as const;
  await storage.transact(async ({ db, tables }) => db.insert(tables.accounts).values(row));
  return id;
}

async function add(
  storage: Storage,
  accountId: AccountId,
  change: Partial<rows.SessionRow> = {},
): Promise<rows.SessionRow> {
  const row: rows.SessionRow = {
    id: randomId('ses'),
    accountId,
    refreshDigest: 'first',
    previousRefreshDigest: null,
    refreshedAtMs: 1_000,
    createdAtMs: 1_000,
    authenticatedAtMs: 1_000,
    lastUsedAtMs: 1_000,
    expiresAtMs: NOW_MS + 1,
    endedAtMs: null,
    userAgent: 'Firefox',
    address: '203.0.113.7',
    ...change,
  };
  await storage.transact((tx) => rows.insertSession(tx, row));
  return row;
}

onEveryDatabase((_name, open) => {
  const opened = async () => {
    const storage = await open();
    const [ada, bob] = [await addAccount(storage), await addAccount(storage)];
    const find = async (id: SessionId) => rows.findSession(storage.read, id);
    return { storage, ada, bob, find };
  };

  it('finds a session as it was inserted', async () => {
    const { storage, ada, find } = await opened();
    const session = await add(storage, ada);
    expect(await find(session.id)).toEqual(session);
    expect(await find(randomId('ses'))).toBeNull();
  });

  it('knows where the account’s latest sessions were used, ended ones too', async () => {
    const { storage, ada, bob } = await opened();
    await add(storage, ada, { createdAtMs: 1, address: '192.0.2.1' });
    await add(storage, ada, { createdAtMs: 2, address: '192.0.2.2', endedAtMs: 3 });
    await add(storage, ada, { createdAtMs: 3, address: '192.0.2.3' });
    await add(storage, bob, { createdAtMs: 4, address: '192.0.2.4' });
    expect(await rows.listAddresses(storage.read, ada, 2)).toEqual(['192.0.2.3', '192.0.2.2']);
  });

  it('lists the account’s sessions that are not over, newest first', async () => {
    const { storage, ada, bob } = await opened();
    const older = await add(storage, ada, { createdAtMs: 1 });
    const newer = await add(storage, ada, { createdAtMs: 2 });
    await add(storage, ada, { endedAtMs: 5 });
    await add(storage, ada, { expiresAtMs: NOW_MS });
    await add(storage, bob);
    const live = await rows.listLiveSessions(storage.read, ada, NOW_MS);
    expect(live.map(({ id }) => id)).toEqual([newer.id, older.id]);
  });

  it('replaces the refresh digest for the one that presents the present one, and keeps it as the previous', async () => {
    const { storage, ada, find } = await opened();
    const session = await add(storage, ada);
    const replace = (presented: string, successor: string) =>
      storage.transact((tx) => rows.replaceRefreshDigest(tx, { id: session.id, presented, successor, nowMs: NOW_MS }));
    expect(await replace('wrong', 'second')).toBeNull();
    const renewed = {
      ...session,
      refreshDigest: 'second',
      previousRefreshDigest: 'first',
      refreshedAtMs: NOW_MS,
      lastUsedAtMs: NOW_MS,
    };
    expect(await replace('first', 'second')).toEqual(renewed);
    expect(await replace('first', 'third')).toBeNull();
    expect(await find(session.id)).toEqual(renewed);
    await storage.transact((tx) => rows.endSession(tx, ada, session.id, NOW_MS));
    expect(await replace('second', 'third')).toBeNull();
  });

  it('lets one of twenty parallel renewals replace the digest [B05]', async () => {
    const { storage, ada } = await opened();
    const { id } = await add(storage, ada);
    const change = { id, presented: 'first', successor: 'second', nowMs: NOW_MS };
    const renewals = Array.from({ length: 20 }, () => storage.transact((tx) => rows.replaceRefreshDigest(tx, change)));
    expect((await Promise.all(renewals)).filter((row) => row !== null)).toHaveLength(1);
  });

  it('goes on under another id and secret where it is live, and nowhere else', async () => {
    const { storage, ada, find } = await opened();
    const session = await add(storage, ada);
    const other = await add(storage, ada);
    const ended = await add(storage, ada, { endedAtMs: 5 });
    const renewed = { id: randomId('ses'), refreshDigest: 'renewed', authenticatedAtMs: NOW_MS };
    const renew = (id: SessionId) => storage.transact((tx) => rows.renewSession(tx, id, renewed));
    expect([await renew(session.id), await renew(ended.id), await renew(session.id)]).toEqual([true, false, false]);
    const now = { previousRefreshDigest: null, refreshedAtMs: NOW_MS, lastUsedAtMs: NOW_MS };
    expect(await find(renewed.id)).toEqual({ ...session, ...renewed, ...now });
    expect(await find(session.id)).toBeNull();
    expect(await find(other.id)).toEqual(other);
    expect(await find(ended.id)).toEqual(ended);
  });

  it('marks when and from where a session was used; an unknown address leaves the known one', async () => {
    const { storage, ada, find } = await opened();
    const session = await add(storage, ada);
    await storage.transact((tx) => rows.markUsed(tx, [{ id: session.id, atMs: 2_000, address: '2001:db8::1' }]));
    expect(await find(session.id)).toEqual({ ...session, lastUsedAtMs: 2_000, address: '2001:db8::1' });
    await storage.transact((tx) => rows.markUsed(tx, [{ id: session.id, atMs: 3_000, address: null }]));
    const last = { ...session, lastUsedAtMs: 3_000, address: '2001:db8::1' };
    expect(await find(session.id)).toEqual(last);
    await storage.transact((tx) => rows.markUsed(tx, [{ id: session.id, atMs: 2_999, address: '192.0.2.1' }]));
    expect(await find(session.id)).toEqual(last);
  });

  it('ends one session of the account, once; another account’s is not there [B12]', async () => {
    const { storage, ada, bob, find } = await opened();
    const session = await add(storage, ada);
    const other = await add(storage, ada);
    const end = (accountId: AccountId) => storage.transact((tx) => rows.endSession(tx, accountId, session.id, NOW_MS));
    expect(await end(bob)).toBe(false);
    expect(await find(session.id)).toEqual(session);
    expect([await end(ada), await end(ada)]).toEqual([true, false]);
    expect(await find(session.id)).toEqual({ ...session, endedAtMs: NOW_MS });
    expect(await find(other.id)).toEqual(other);
  });

  it('ends the account’s live sessions but for the one to keep, and says which', async () => {
    const { storage, ada, bob, find } = await opened();
    const [here, there, elsewhere] = [await add(storage, ada), await add(storage, ada), await add(storage, ada)];
    const over = await add(storage, ada, { expiresAtMs: NOW_MS });
    const bobs = await add(storage, bob);
    const end = (keep: SessionId | null) => storage.transact((tx) => rows.endSessions(tx, ada, NOW_MS, keep));
    expect(new Set(await end(here.id))).toEqual(new Set([there.id, elsewhere.id]));
    expect(await find(here.id)).toEqual(here);
    expect(await find(there.id)).toMatchObject({ endedAtMs: NOW_MS });
    expect(await end(null)).toEqual([here.id]);
    expect(await end(null)).toEqual([]);
    expect([await find(over.id), await find(bobs.id)]).toEqual([over, bobs]);
  });
});
