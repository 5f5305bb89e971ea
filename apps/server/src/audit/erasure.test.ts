import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';

import type { AccountActor, Actor } from '../actors/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { digestOf } from './entry.ts';
import { createAudit, verifyChain } from './index.ts';

const from = { requestId: 'req-1', address: '203.0.113.7', userAgent: 'Firefox', device: null };
const actorOf = (letter: string, name: string): AccountActor => ({
  kind: 'person',
  accountId: `acc_${letter.repeat(22)}` as AccountId,
  name,
  email: `${name}@example.com`,
  roles: [],
  permissions: new Set(),
  credential: { kind: 'session', id: `ses_${'s'.repeat(22)}` as never, authenticatedAtMs: 1 },
  from,
});
const [ADA, BOB] = [actorOf('a', 'ada'), actorOf('b', 'bob')];
const STRANGER: Actor = { kind: 'anonymous', from: { ...from, address: '203.0.113.66' } };
const KEY = 'k'.repeat(22) as ApiKeyId;
const targetOf = ({ accountId: id, email }: AccountActor) => ({ kind: 'account', id, name: email });

async function recorded(storage: Storage) {
  const audit = createAudit({ storage, clock: () => 1_000 });
  await storage.transact(async (tx) => {
    await audit.record(tx, ADA, 'account.renamed', { target: targetOf(ADA), details: { from: 'ada', to: 'Lovelace' } });
    await audit.record(tx, BOB, 'account.roles_changed', {
      target: targetOf(ADA),
      details: { from: [], to: ['admin'] },
    });
    await audit.record(tx, STRANGER, 'sign_in.failed', { target: targetOf(ADA), details: { email: ADA.email } });
    await audit.record(tx, ADA, 'api_key.created', { target: { kind: 'api_key', id: KEY, name: 'engine' } });
    await audit.record(tx, ADA, 'account.disabled', { target: targetOf(BOB) });
    await tx.db.insert(tx.tables.accounts).values(accountRow);
    await tx.db.insert(tx.tables.apiKeys).values(keyRow);
  });
  return audit;
}

const accountRow = {
  id: ADA.accountId,
  kind: 'person',
  email: null,
  name: 'x',
  passwordHash: null,
  passwordChangedAtMs: null,
  status: 'closed',
  createdAtMs: 1,
  lastSignInAtMs: null,
  emailVerifiedAtMs: null,
} as const;
const keyRow = {
  id: KEY,
  accountId: ADA.accountId,
  name: 'x',
  secretDigest: 'x',
  permissions: [],
  allowQuery: false,
  ipAllowList: [],
  createdAtMs: 1,
};

async function close(storage: Storage, apiKeyIds: ApiKeyId[] = [KEY]) {
  const audit = await recorded(storage);
  await storage.transact(async (tx) => {
    await audit.record(tx, ADA, 'account.closed', { target: targetOf(ADA), details: { apiKeyIds } });
    await audit.eraseFrom(tx, ADA.accountId);
  });
  return audit;
}

const set = (storage: Storage, number: number, change: object) =>
  storage.transact(({ db, tables: { auditEntries } }: Tx) =>
    db.update(auditEntries).set(change).where(eq(auditEntries.number, number)),
  );

onEveryDatabase((_name, open) => {
  it('takes the person out of every entry, leaves what others did theirs, and the chain whole', async () => {
    const storage = await open();
    const audit = await close(storage);
    const { items } = await audit.list({ limit: 50 });
    const brief = items
      .toReversed()
      .map(({ act, actor, target, address, details }) => [act, actor.name, target?.name, address, details]);
    expect(brief).toEqual([
      ['account.renamed', 'Closed account', 'Closed account', null, {}],
      ['account.roles_changed', 'bob@example.com', 'Closed account', '203.0.113.7', { from: [], to: ['admin'] }],
      ['sign_in.failed', null, 'Closed account', '203.0.113.66', {}],
      ['api_key.created', 'Closed account', null, null, {}],
      ['account.disabled', 'Closed account', 'bob@example.com', null, {}],
      ['account.closed', 'Closed account', 'Closed account', null, { apiKeyIds: [KEY] }],
    ]);
    const rows = JSON.stringify(await storage.read.db.select().from(storage.read.tables.auditEntries));
    expect(rows).not.toMatch(/ada@|Lovelace|engine/);
    expect(await verifyChain(storage.read)).toBeNull();
  });

  it('is told from hiding: what nobody’s closing explains is missing', async () => {
    const storage = await open();
    await recorded(storage);
    await set(storage, 2, { actorName: null, address: null, actorSalt: null });
    expect(await verifyChain(storage.read)).toBe(2);
    const another = await open();
    await close(another, []);
    expect(await verifyChain(another.read)).toBe(4);
  });

  it('leaves no room for another name, with the salt or without', async () => {
    for (const change of [{ targetName: 'somebody' }, { targetName: 'somebody', targetSalt: 'x'.repeat(22) }]) {
      const storage = await open();
      await close(storage);
      await set(storage, 1, change);
      expect(await verifyChain(storage.read)).toBe(1);
    }
  });

  it('leaves entries from before there were salted digests as they are, and their chain holds', async () => {
    const storage = await open();
    const audit = await recorded(storage);
    const { db, tables } = storage.read;
    const [first] = await db.select().from(tables.auditEntries).where(eq(tables.auditEntries.number, 1));
    const old = { actorDigest: null, actorSalt: null, targetDigest: null, targetSalt: null };
    const { personalDetails, ...others } = { ...first!, ...old };
    const before = { ...others, personalDetails: null, details: personalDetails!, digest: '' };
    await storage.transact(async (tx) => {
      await tx.db.delete(tx.tables.auditEntries);
      await tx.db.insert(tx.tables.auditEntries).values({ ...before, digest: digestOf('', before) });
      await tx.db.update(tx.tables.auditHead).set({ number: 1, digest: digestOf('', before) });
      await audit.eraseFrom(tx, ADA.accountId);
    });
    expect((await audit.list({ limit: 1 })).items).toMatchObject([
      { actor: { name: 'ada@example.com' }, details: { from: 'ada', to: 'Lovelace' } },
    ]);
    expect(await verifyChain(storage.read)).toBeNull();
    await set(storage, 1, { personalDetails: { to: 'somebody' } });
    expect(await verifyChain(storage.read)).toBe(1);
  });
});
