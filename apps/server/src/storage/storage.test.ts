import { inspect } from 'node:util';

import { onEveryDatabase } from '@latchkey/testkit/databases';
import { eq, isNull, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';

import {
  holesOf,
  readStatement,
  writeStatement,
  type Holes,
  type Reader,
  type Storage,
  type Tables,
  type Tx,
} from './index.ts';

type EntryRow = Tables['auditEntries']['$inferSelect'];

async function valueOf({ db, tables: { settings } }: Reader, name: string): Promise<unknown> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name));
  return row?.value;
}

async function write({ db, tables: { settings } }: Tx, name: string, value: unknown): Promise<void> {
  await db.insert(settings).values({ name, value });
}

const settingByName = readStatement('setting_by_name', (db, { settings }, given: Holes<{ name: string }>) =>
  db.select().from(settings).where(eq(settings.name, given.name)),
);

const settingPut = writeStatement('setting_put', (db, { settings }, given: Holes<{ name: string; value: unknown }>) =>
  db
    .insert(settings)
    .values(holesOf(settings, given))
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } }),
);

const entryInserted = writeStatement('entry_inserted', (db, { auditEntries }, given: Holes<EntryRow>) =>
  db.insert(auditEntries).values(holesOf(auditEntries, given)),
);

const ENTRY: EntryRow = {
  number: 1,
  id: 'aud_1' as EntryRow['id'],
  atMs: 1,
  act: 'settings.changed',
  actorKind: 'system',
  actorId: null,
  actorName: null,
  credentialKind: null,
  credentialId: null,
  targetKind: null,
  targetId: null,
  targetName: null,
  address: null,
  requestId: null,
  details: { from: null },
  personalDetails: null,
  actorDigest: null,
  actorSalt: null,
  targetDigest: null,
  targetSalt: null,
  digest: 'd',
};

const FIRST_KEY = { key: 'k', count: 0, windowEndsAtMs: 0 };

async function count(storage: Storage): Promise<number | undefined> {
  const [row] = await storage.read.db.select().from(storage.read.tables.rateLimits);
  return row?.count;
}

onEveryDatabase((database, open) => {
  it('keeps all of a transaction, or nothing of one that throws', async () => {
    const storage = await open();
    await storage.transact((tx) => write(tx, 'kept', { a: [1, null, 'é'] }));
    const failing = storage.transact(async (tx) => {
      await write(tx, 'lost', 1);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await valueOf(storage.read, 'kept')).toEqual({ a: [1, null, 'é'] });
    expect(await valueOf(storage.read, 'lost')).toBeUndefined();
  });

  it('gives whole numbers up to 2^53, flags and JSON back as they were', async () => {
    const storage = await open();
    const value = { deep: { yes: true, none: null, number: 1.5 } };
    await storage.transact(async (tx) => {
      await tx.db.insert(tx.tables.auditHead).values({ id: 1, number: Number.MAX_SAFE_INTEGER, digest: '' });
      await write(tx, 'json', value);
    });
    const [head] = await storage.read.db.select().from(storage.read.tables.auditHead);
    expect(head?.number).toBe(Number.MAX_SAFE_INTEGER);
    expect(await valueOf(storage.read, 'json')).toEqual(value);
  });

  it('loses no write of 50 parallel transactions that read, wait and write', async () => {
    const storage = await open();
    await storage.transact(async (tx) => tx.db.insert(tx.tables.rateLimits).values(FIRST_KEY));
    const addOne = async (tx: Tx) => {
      const { rateLimits } = tx.tables;
      await tx.db.update(rateLimits).set({ count: sql`${rateLimits.count} + 1` });
      await new Promise(setImmediate);
      return tx.db.select().from(rateLimits);
    };
    const seen = await Promise.all(Array.from({ length: 50 }, () => storage.transact(addOne)));
    const counts = seen.map(([row]) => row?.count ?? 0).toSorted((a, b) => a - b);
    expect(counts).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await count(storage)).toBe(50);
  });

  it('lets exactly one of 20 parallel conditional writes succeed [B05]', async () => {
    const storage = await open();
    const row = { tokenDigest: 'd', purpose: 'setup', createdAtMs: 1, expiresAtMs: 2 } as const;
    await storage.transact(async (tx) => tx.db.insert(tx.tables.links).values(row));
    const use = () =>
      storage.transact(async ({ db, tables: { links } }) =>
        db
          .update(links)
          .set({ usedAtMs: 3 })
          .where(sql`${links.tokenDigest} = 'd' and ${links.usedAtMs} is null`)
          .returning(),
      );
    const used = await Promise.all(Array.from({ length: 20 }, use));
    expect(used.filter((rows) => rows.length === 1)).toHaveLength(1);
  });

  it('refuses transact inside transact, and reading beside it', async () => {
    const storage = await open();
    const nested = storage.transact(() => storage.transact(async () => 1));
    await expect(nested).rejects.toThrow('transact inside transact');
    const beside = storage.transact(() => valueOf(storage.read, 'x'));
    await expect(beside).rejects.toThrow('read through the tx');
    await storage.transact((tx) => write(tx, 'works', true));
    expect(await valueOf(storage.read, 'works')).toBe(true);
  });

  it('lets what a transaction started, but did not wait for, transact by itself afterwards', async () => {
    const storage = await open();
    const over = Promise.withResolvers<void>();
    let later: Promise<void> = Promise.resolve();
    await storage.transact(async () => {
      later = over.promise.then(() => storage.transact((tx) => write(tx, 'later', 1)));
    });
    over.resolve();
    await later;
    expect(await valueOf(storage.read, 'later')).toBe(1);
  });

  it('refuses a tx that is used after its end', async () => {
    const storage = await open();
    let kept: Tx | undefined;
    await storage.transact(async (tx) => {
      kept = tx;
    });
    expect(() => kept?.db).toThrow('the transaction is over');
    await expect(kept?.run(settingByName, { name: 'a' })).rejects.toThrow('the transaction is over');
  });

  it('answers a statement with what is there now', async () => {
    const storage = await open();
    const byName = async (name: string) => storage.read.run(settingByName, { name });
    expect(await byName('a')).toEqual([]);
    await storage.transact((tx) => write(tx, 'a', { b: 1 }));
    expect(await byName('a')).toEqual([{ name: 'a', value: { b: 1 } }]);
    expect(await byName("'; drop table settings --")).toEqual([]);
  });

  it('runs a statement in the transaction that it is given, and takes it back with it', async () => {
    const storage = await open();
    const put = async (tx: Tx, name: string, value: unknown) => {
      await tx.run(settingPut, { name, value });
      return tx.run(settingByName, { name });
    };
    expect(await storage.transact((tx) => put(tx, 'a', 1))).toEqual([{ name: 'a', value: 1 }]);
    const failing = storage.transact(async (tx) => {
      expect(await put(tx, 'a', 2)).toEqual([{ name: 'a', value: 2 }]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await storage.read.run(settingByName, { name: 'a' })).toEqual([{ name: 'a', value: 1 }]);
  });

  it('fills a hole with a null as with no value, in columns of JSON too', async () => {
    const storage = await open();
    await storage.transact((tx) => tx.run(entryInserted, ENTRY));
    const { auditEntries } = storage.read.tables;
    const found = await storage.read.db.select().from(auditEntries).where(isNull(auditEntries.personalDetails));
    expect(found).toEqual([ENTRY]);
  });

  it('refuses a statement whose hole stays empty', async () => {
    const storage = await open();
    await expect(storage.read.run(settingByName, {} as { name: string })).rejects.toThrow(
      'No value for placeholder "name"',
    );
  });

  it('keeps references whole', async () => {
    const storage = await open();
    const orphan = storage.transact(async (tx) =>
      tx.db.insert(tx.tables.accountRoles).values({ accountId: 'acc_0' as never, role: 'admin' }),
    );
    await expect(orphan).rejects.toThrow(/foreign key/i);
  });

  it('tells no stored value in the error of a failed query', async () => {
    const storage = await open();
    const secret = 'argon2-of-somebody';
    const row = {
      kind: 'person',
      name: secret,
      email: secret,
      passwordHash: secret,
      status: 'active',
      createdAtMs: 1,
    } as const;
    const twice = storage.transact(async ({ db, tables: { accounts } }) => {
      await db.insert(accounts).values({ id: 'acc_1' as never, ...row });
      await db.insert(accounts).values({ id: 'acc_2' as never, ...row });
    });
    const error = await twice.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  if (database === 'PGlite') return; // one connection for everything: no reader beside a writer to promise anything of

  it("doesn't show what a transaction wrote before its end", async () => {
    const storage = await open();
    await storage.transact((tx) => write(tx, 'other', 1));
    let seenBeside: Promise<unknown> = Promise.resolve();
    const outside = Promise.withResolvers<void>();
    const reading = outside.promise.then(() => (seenBeside = valueOf(storage.read, 'new')));
    await storage.transact(async (tx) => {
      await write(tx, 'new', 1);
      outside.resolve();
      await reading;
    });
    expect(await seenBeside).toBeUndefined();
    expect(await valueOf(storage.read, 'new')).toBe(1);
  });

  it('refuses writes through the reading connection', async () => {
    const storage = await open();
    const db = storage.read.db as Tx['db'];
    const writing = async () => db.insert(storage.read.tables.settings).values({ name: 'x', value: 1 });
    await expect(writing()).rejects.toThrow(Error);
    expect(await valueOf(storage.read, 'x')).toBeUndefined();
  });
});
