import { setTimeout as sleep } from 'node:timers/promises';

import { freshPostgresUrl } from '@latchkey/testkit/databases';
import { openPostgres, type Postgres } from '@latchkey/testkit/postgres';
import { eq } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import {
  holesOf,
  openStorage,
  readStatement,
  storageProblemOf,
  writeStatement,
  type Holes,
  type Storage,
} from './index.ts';

async function open(url: string): Promise<Storage> {
  const storage = await openStorage({ kind: 'postgres', url });
  onTestFinished(() => storage.close());
  return storage;
}

async function add(to: Storage, name: string): Promise<void> {
  await to.transact(async ({ db, tables }) => db.insert(tables.settings).values({ name, value: 1 }));
}

async function names(from: Storage): Promise<string[]> {
  const rows = await from.read.db.select().from(from.read.tables.settings);
  return rows.map((row) => row.name).toSorted();
}

describe('a PostgreSQL that stops while it is in use [B19]', () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await openPostgres();
  });

  afterAll(() => server.remove());

  it('answers storage_unavailable, and is used again as soon as it is back', async () => {
    const storage = await open(server.url);
    const named = readStatement('by_name', (db, { settings }, given: Holes<{ name: string }>) =>
      db.select().from(settings).where(eq(settings.name, given.name)),
    );
    const byName = (values: { name: string }) => storage.read.run(named, values);
    await add(storage, 'before');
    expect(await byName({ name: 'before' })).toHaveLength(1);

    const cut = storage.transact(async (tx) => {
      await tx.db.insert(tx.tables.settings).values({ name: 'half', value: 1 });
      await server.stop();
      await tx.db.insert(tx.tables.settings).values({ name: 'other half', value: 1 });
    });
    const refused = { code: 'storage_unavailable', facts: { retryAfterSeconds: expect.any(Number) } };
    await expect(cut).rejects.toMatchObject(refused);
    await expect(names(storage)).rejects.toMatchObject(refused);
    await expect(byName({ name: 'before' })).rejects.toMatchObject(refused);
    await expect(add(storage, 'never')).rejects.toMatchObject(refused);
    await expect(storage.check()).rejects.toMatchObject(refused);

    await server.start();
    await storage.check();
    await add(storage, 'after');
    expect(await names(storage)).toEqual(['after', 'before']);
    expect(await byName({ name: 'before' })).toHaveLength(1);
  });
});

describe('two instances on one PostgreSQL', () => {
  it('migrate it once when they start together', async () => {
    const url = await freshPostgresUrl();
    const instances = await Promise.all(Array.from({ length: 5 }, () => open(url)));
    for (const [index, instance] of instances.entries()) await add(instance, `of ${index}`);
    expect(await names(instances[0]!)).toHaveLength(5);
  });

  it('win a transaction in the end that PostgreSQL broke to solve a deadlock', async () => {
    const url = await freshPostgresUrl();
    const [one, other] = [await open(url), await open(url)];
    await add(one, 'a');
    await add(one, 'b');
    const touch = (storage: Storage, first: string, second: string) =>
      storage.transact(async ({ db, tables: { settings } }) => {
        for (const name of [first, second]) {
          await db.update(settings).set({ value: first }).where(eq(settings.name, name));
          await sleep(50);
        }
      });
    await Promise.all([touch(one, 'a', 'b'), touch(other, 'b', 'a')]);
    const rows = await one.read.db.select().from(one.read.tables.settings);
    expect(new Set(rows.map((row) => row.value)).size).toBe(1);
  });
});

describe('a statement', () => {
  it('runs again on the connection of a transaction that failed', async () => {
    const storage = await open(await freshPostgresUrl());
    const put = writeStatement('put', (db, { settings }, given: Holes<{ name: string; value: unknown }>) =>
      db.insert(settings).values(holesOf(settings, given)),
    );
    const write = (name: string) => storage.transact((tx) => tx.run(put, { name, value: 1 }));
    await write('a');
    await expect(write('a')).rejects.toThrow(/unique/);
    await write('b');
    expect(await names(storage)).toEqual(['a', 'b']);
  });
});

describe('a commit of what already failed', () => {
  it("isn't taken for a success", async () => {
    const storage = await open(await freshPostgresUrl());
    const swallowing = storage.transact(async (tx) => {
      await tx.db.insert(tx.tables.settings).values({ name: 'x', value: 1 });
      await tx.db
        .insert(tx.tables.settings)
        .values({ name: 'x', value: 2 })
        .catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('went on after a query of it failed');
    expect(await names(storage)).toEqual([]);
  });
});

describe('storageProblemOf', () => {
  it('finds an outage behind other errors, and nothing in errors that are none', async () => {
    const refused = await new pg.Client({ connectionString: 'postgres://localhost:1/x' })
      .connect()
      .catch((error: unknown) => error);
    expect(storageProblemOf(new Error('failed', { cause: refused }))).toBeNull(); // whose socket that was isn't known
    const shutdown = Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' });
    expect(storageProblemOf(new Error('failed', { cause: shutdown }))?.code).toBe('storage_unavailable');
    const duplicate = Object.assign(new Error('duplicate key'), { severity: 'ERROR', code: '23505' });
    expect(storageProblemOf(duplicate)).toBeNull();
    expect(storageProblemOf('text')).toBeNull();
  });
});
