import { ACTS, auditPage, type AccountId, type Act, type SessionId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';

import { COMMAND_LINE, SERVER, type AccountActor, type Actor } from '../actors/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { createAudit, verifyChain } from './index.ts';

const ADA: AccountActor = {
  kind: 'person',
  accountId: `acc_${'a'.repeat(22)}` as AccountId,
  name: 'Ada',
  email: 'ada@example.com',
  roles: ['admin'],
  permissions: new Set(),
  credential: { kind: 'session', id: `ses_${'s'.repeat(22)}` as SessionId, authenticatedAtMs: 1 },
  from: { requestId: 'req-1', address: '203.0.113.7', userAgent: 'Firefox', device: null },
};
const STRANGER: Actor = {
  kind: 'anonymous',
  from: { requestId: 'req-2', address: '203.0.113.8', userAgent: '', device: null },
};

const EVERYTHING = { limit: 50 };

function auditOver(storage: Storage) {
  const time = { nowMs: 1_000 };
  const audit = createAudit({ storage, clock: () => time.nowMs });
  const record = (actor: Actor, act: Act, facts?: Parameters<typeof audit.record>[3]) =>
    storage.transact((tx) => audit.record(tx, actor, act, facts));
  return { time, audit, record };
}

async function recordMany(storage: Storage, count: number): Promise<void> {
  const { record } = auditOver(storage);
  for (let index = 0; index < count; index += 1)
    await record(SERVER, 'signing_key.created', { details: { index, b: { z: 1, a: [1] } } });
}

/** What somebody who can write to the database does, past the program. */
async function tamper(storage: Storage, how: (tx: Tx) => Promise<unknown>): Promise<number | null> {
  await recordMany(storage, 5);
  expect(await verifyChain(storage.read)).toBeNull();
  await storage.transact(how);
  return verifyChain(storage.read);
}

onEveryDatabase((_name, open) => {
  it('tells who did what to whom, from where, with which credential', async () => {
    const { audit, record } = auditOver(await open());
    await record(ADA, 'account.disabled', {
      target: { kind: 'account', id: 'acc_b', name: 'bob@example.com' },
      details: { why: 'left' },
    });
    const { items, nextCursor } = auditPage.parse(await audit.list(EVERYTHING));
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^aud_[0-9A-Za-z]{22}$/),
        number: 1,
        atMs: 1_000,
        act: 'account.disabled',
        actor: { kind: 'person', id: ADA.accountId, name: 'ada@example.com' },
        credential: { kind: 'session', id: ADA.credential.id },
        target: { kind: 'account', id: 'acc_b', name: 'bob@example.com' },
        address: '203.0.113.7',
        requestId: 'req-1',
        details: { why: 'left' },
        digest: expect.stringMatching(/^[\w-]{43}$/),
      },
    ]);
  });

  it('records strangers and the system as what they are', async () => {
    const { audit, record } = auditOver(await open());
    await record(STRANGER, 'sign_in.failed');
    await record(COMMAND_LINE, 'account.created');
    const { items } = await audit.list(EVERYTHING);
    expect(items.map(({ actor, credential, target, address }) => ({ actor, credential, target, address }))).toEqual([
      { actor: { kind: 'system', id: null, name: 'command line' }, credential: null, target: null, address: null },
      { actor: { kind: 'anonymous', id: null, name: null }, credential: null, target: null, address: '203.0.113.8' },
    ]);
  });

  it('keeps an entry exactly when its change is kept', async () => {
    const storage = await open();
    const { audit } = auditOver(storage);
    const failing = storage.transact(async (tx) => {
      await audit.record(tx, ADA, 'role.created');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await audit.list(EVERYTHING)).items).toEqual([]);
    await recordMany(storage, 1);
    expect((await audit.list(EVERYTHING)).items.map((each) => each.number)).toEqual([1]);
  });

  it('numbers 50 parallel acts without gaps, in one unbroken chain', async () => {
    const storage = await open();
    const { audit, record } = auditOver(storage);
    await Promise.all(Array.from({ length: 50 }, () => record(ADA, 'token.created')));
    const { items } = await audit.list({ limit: 100 });
    expect(items.map((each) => each.number)).toEqual(Array.from({ length: 50 }, (_, index) => 50 - index));
    expect(await verifyChain(storage.read)).toBeNull();
  });

  it('stores what nobody should send: NUL, line breaks, half characters, megabytes [B25]', async () => {
    const storage = await open();
    const { audit, record } = auditOver(storage);
    const hostile = { ...STRANGER, from: { ...STRANGER.from, address: '1\0', requestId: 'a\r\nb' } };
    const details = {
      email: `a\0b\uD800`,
      long: 'x'.repeat(10_000_000),
      deep: [{ 'k\0': '\u001b[31m' }],
      ['__proto__']: 1,
    };
    await record(hostile, 'sign_in.failed', { target: { kind: 'account', id: '\0', name: '\uDC00' }, details });
    const [entry] = (await audit.list(EVERYTHING)).items;
    expect(JSON.stringify(entry)).not.toMatch(/\\u00[01]|\\ud8|\\udc|\\r|\\n/);
    expect(entry?.details['long']).toHaveLength(1_000);
    expect(await verifyChain(storage.read)).toBeNull();
  });

  it('gives pages, newest first, by each filter, with no entry twice or left out', async () => {
    const storage = await open();
    const { audit, record, time } = auditOver(storage);
    for (let index = 0; index < 23; index += 1) {
      time.nowMs += index % 3 === 0 ? 1 : 0; // several of one millisecond
      const target = { kind: 'api_key', id: `key${index % 2}` };
      await record(index % 4 === 0 ? ADA : SERVER, index % 2 === 0 ? 'api_key.created' : 'api_key.revoked', { target });
    }
    const numbersOf = async (filter: object) => {
      const numbers: number[] = [];
      for (let cursor: string | null | undefined = undefined; cursor !== null;) {
        const page: Awaited<ReturnType<typeof audit.list>> = await audit.list({
          ...filter,
          limit: 5,
          ...(cursor === undefined ? {} : { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(5);
        numbers.push(...page.items.map((each) => each.number));
        cursor = page.nextCursor;
      }
      return numbers;
    };
    const all = Array.from({ length: 23 }, (_, index) => 23 - index);
    expect(await numbersOf({})).toEqual(all);
    expect(await numbersOf({ act: 'api_key.created' })).toEqual(all.filter((number) => number % 2 === 1));
    expect(await numbersOf({ targetId: 'key1' })).toEqual(all.filter((number) => number % 2 === 0));
    expect(await numbersOf({ actorId: ADA.accountId })).toEqual(all.filter((number) => number % 4 === 1));
    expect(await numbersOf({ actorId: ADA.accountId, act: 'api_key.revoked' })).toEqual([]);
    expect(await numbersOf({ fromMs: 1_002, untilMs: 1_003 })).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it("refuses a cursor that it didn't give", async () => {
    const { audit } = auditOver(await open());
    await expect(audit.list({ limit: 5, cursor: 'AAAA' })).rejects.toMatchObject({ code: 'input_invalid' });
  });

  it('walks a chain of more than one page', async () => {
    const storage = await open();
    const { audit } = auditOver(storage);
    await storage.transact(async (tx) => {
      for (let index = 0; index < 1_001; index += 1) await audit.record(tx, SERVER, 'token.created');
    });
    expect(await verifyChain(storage.read)).toBeNull();
  });

  it('says which entry was changed', async () => {
    const broken = await tamper(await open(), async ({ db, tables: { auditEntries } }) =>
      db.update(auditEntries).set({ actorName: 'somebody else' }).where(eq(auditEntries.number, 3)),
    );
    expect(broken).toBe(3);
  });

  it('says which entry was changed deep in its details', async () => {
    const details = { index: 2, b: { z: 1, a: [2] } };
    const broken = await tamper(await open(), async ({ db, tables: { auditEntries } }) =>
      db.update(auditEntries).set({ details }).where(eq(auditEntries.number, 3)),
    );
    expect(broken).toBe(3);
  });

  it('says where an entry was removed from the middle, from the start, from the end', async () => {
    const without =
      (number: number) =>
      async ({ db, tables: { auditEntries } }: Tx) =>
        db.delete(auditEntries).where(eq(auditEntries.number, number));
    for (const number of [3, 1, 5]) expect(await tamper(await open(), without(number))).toBe(number);
  });

  it('says where an entry was added past the program', async () => {
    const broken = await tamper(await open(), async ({ db, tables: { auditEntries } }) => {
      const [last] = await db.select().from(auditEntries).where(eq(auditEntries.number, 5));
      await db.insert(auditEntries).values({ ...last!, number: 6 });
    });
    expect(broken).toBe(6);
  });

  it('says which entry was put in the place of another by a forger who computed its digest', async () => {
    const broken = await tamper(await open(), async ({ db, tables: { auditEntries } }) => {
      const [second] = await db.select().from(auditEntries).where(eq(auditEntries.number, 2));
      await db.update(auditEntries).set({ digest: second!.digest }).where(eq(auditEntries.number, 3));
    });
    expect(broken).toBe(3);
  });

  it('notices that the end was forgotten', async () => {
    const broken = await tamper(await open(), async ({ db, tables: { auditHead } }) =>
      db.update(auditHead).set({ number: sql`${auditHead.number} - 1` }),
    );
    expect(broken).toBe(5);
  });

  it('knows every act of the catalogue', async () => {
    const storage = await open();
    const { audit, record } = auditOver(storage);
    for (const act of Object.keys(ACTS) as Act[]) await record(SERVER, act);
    expect(auditPage.parse(await audit.list({ limit: 100 })).items).toHaveLength(Object.keys(ACTS).length);
  });
});
