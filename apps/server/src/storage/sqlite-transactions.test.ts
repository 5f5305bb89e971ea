import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStorage, type Storage, type Tx } from './index.ts';
import { createTransactions } from './sqlite-transactions.ts';

let folder: string;
let file: string;
let storage: Storage;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-transactions-'));
  file = join(folder, 'latchkey.db');
  storage = await openStorage({ kind: 'sqlite', file });
});

afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

function add(name: string): Promise<void> {
  return storage.transact((tx) => insert(tx, name));
}

async function insert({ db, tables }: Tx, name: string): Promise<void> {
  await db.insert(tables.settings).values({ name, value: 1 });
}

async function names(): Promise<string[]> {
  const rows = await storage.read.db.select().from(storage.read.tables.settings);
  return rows.map(({ name }) => name).toSorted();
}

/** https://www.sqlite.org/fileformat.html#the_write_ahead_log: a frame that ends a transaction tells the database's size. */
function commitsInLog(): number {
  const log = readFileSync(`${file}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

/** Over a database without our tables, to make it fail as ours can't be made to. */
function transactionsOver(schema: string) {
  const writer = new Database(join(folder, 'own.db'));
  writer.exec(schema);
  const transactions = createTransactions(() => ({ writer, context: writer, beforeCommit() {}, abandon() {} }));
  return { writer, transactions };
}

describe('transactions of one turn', () => {
  it('share one commit', async () => {
    await add('first');
    const before = commitsInLog();
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(`n${index}`)));
    expect(commitsInLog() - before).toBe(1);
    expect(await names()).toHaveLength(21);
  });

  it('are all served, however many they are, in their order', async () => {
    const order: number[] = [];
    const work = (index: number) => storage.transact(async () => order.push(index));
    await Promise.all(Array.from({ length: 170 }, (_, index) => work(index)));
    expect(order).toEqual(Array.from({ length: 170 }, (_, index) => index));
  });

  it('are each all or nothing: of one that throws nothing is left, and of the others all', async () => {
    const first = add('a');
    const failing = storage.transact(async (tx) => {
      await insert(tx, 'lost');
      await insert(tx, 'lost as well');
      throw new Error('changed my mind');
    });
    const refused = storage.transact(async (tx) => {
      await insert(tx, 'before');
      await insert(tx, 'a');
    });
    const settled = await Promise.allSettled([first, failing, refused, add('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(settled[1]).toHaveProperty('reason.message', 'changed my mind');
    expect(await names()).toEqual(['a', 'b']);
  });

  it('each see what those before them wrote', async () => {
    const count = () => storage.transact(async ({ db, tables }) => (await db.select().from(tables.settings)).length);
    const [none, , one, , two] = await Promise.all([count(), add('a'), count(), add('b'), count()]);
    expect([none, one, two]).toEqual([0, 1, 2]);
  });
});

describe('a commit that fails', () => {
  it('fails for all who shared it, whatever each had found, and leaves nothing', async () => {
    const { writer, transactions } = transactionsOver(
      'create table parents (id primary key); create table children (parent references parents)',
    );
    const insertParent = (id: string) =>
      transactions.run(async (db) => db.prepare('insert into parents values (?)').run(id));
    const orphan = transactions.run(async (db) => {
      db.pragma('defer_foreign_keys = on');
      db.exec("insert into children values ('nobody')");
    });
    const refusedAsThereAlready = [insertParent('a'), insertParent('a')];
    const settled = await Promise.allSettled([orphan, ...refusedAsThereAlready]);
    const failed = { status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } };
    expect(settled).toMatchObject([failed, failed, failed]);
    await insertParent('c');
    expect(writer.prepare('select id from parents').pluck().all()).toEqual(['c']);
    writer.close();
  });
});

describe('a disk that is full', () => {
  it('takes the writes of all who share the commit, and tells each of nothing but the outage', async () => {
    const { writer, transactions } = transactionsOver('create table notes (text)');
    writer.pragma(`max_page_count = ${writer.pragma('page_count', { simple: true }) as number}`);
    const write = (text: string) =>
      transactions.run(async (db) => db.prepare('insert into notes values (?)').run(text));
    const quietly = transactions.run(async (db) => {
      try {
        db.prepare('insert into notes values (?)').run('x'.repeat(100_000));
      } catch {
        throw new Error('a reason of its own');
      }
    });
    const settled = await Promise.allSettled([write('a'), quietly, write('b')]);
    const outage = { status: 'rejected', reason: { code: 'storage_unavailable' } };
    expect(settled).toMatchObject([outage, outage, outage]);
    await write('c');
    expect(writer.prepare('select text from notes').pluck().all()).toEqual(['c']);
    writer.close();
  });
});

describe('what is read', () => {
  it('is as it is then, whoever wrote it and when in a turn of the event loop', async () => {
    const other = new Database(file);
    const theirs = other.prepare("insert into settings values (?, '1')");
    const seen: number[] = [];
    const look = async () => {
      seen.push((await names()).length);
      theirs.run(`theirs ${seen.length}`);
      seen.push((await names()).length);
    };
    await look();
    await look();
    await turn();
    await look();
    await sleep(1);
    await look();
    await add('ours');
    await look();
    expect(seen).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 5, 6]);
    other.close();
  });

  it('keeps no log from being emptied once the turn is over', async () => {
    const other = new Database(file);
    other.pragma('busy_timeout = 0');
    await add('a');
    await names();
    const emptied = () => (other.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[])[0]?.busy;
    expect(emptied()).toBe(1);
    await turn();
    expect(emptied()).toBe(0);
    other.close();
  });
});
