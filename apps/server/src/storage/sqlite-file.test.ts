import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStorage, type Storage, type Tx } from './index.ts';
import { SqliteFile } from './sqlite-file.ts';

/** Longer than a file goes without being looked at. */
const A_LOOK_MS = 300;

let folder: string;
let file: string;
let storage: Storage;

async function add(to: Storage, name: string): Promise<void> {
  await to.transact(async ({ db, tables }) => db.insert(tables.settings).values({ name, value: 1 }));
}

async function names(from: Storage): Promise<string[]> {
  const rows = await from.read.db.select().from(from.read.tables.settings);
  return rows.map((row) => row.name).toSorted();
}

async function expectUnavailable(of: Storage): Promise<void> {
  const refused = { code: 'storage_unavailable', facts: { retryAfterSeconds: expect.any(Number) } };
  await expect(of.check()).rejects.toMatchObject(refused);
  await expect(names(of)).rejects.toMatchObject(refused);
  await expect(add(of, 'never')).rejects.toMatchObject(refused);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-file-'));
  file = join(folder, 'data', 'latchkey.db');
  storage = await openStorage({ kind: 'sqlite', file });
  await add(storage, 'first');
});

afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a SQLite file', () => {
  it('is its owner’s alone, with all that lies beside it', () => {
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    const modes = readdirSync(join(folder, 'data')).map((name) => statSync(join(folder, 'data', name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('is written through to the disk before an act is acknowledged', () => {
    const other = new SqliteFile(join(folder, 'other.db'), false);
    const { writer } = other.connections();
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) =>
      writer.pragma(name, { simple: true }),
    );
    other.close();
    expect(pragmas).toEqual(['wal', 2, 1]);
  });

  it("isn't taken from another program", async () => {
    const strange = join(folder, 'strange.db');
    new Database(strange).exec('create table notes (text)').close();
    await expect(openStorage({ kind: 'sqlite', file: strange })).rejects.toThrow("another program's");
  });

  it('is all in one piece after an orderly end', async () => {
    await storage.close();
    expect(readdirSync(join(folder, 'data'))).toEqual(['latchkey.db']);
  });
});

describe('a SQLite file that fails while it is open [B19]', () => {
  it('answers storage_unavailable while it is damaged, and loses nothing when it is put back', async () => {
    await add(storage, 'in the log alone');
    copyFileSync(file, join(folder, 'copy'));
    writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'));
    await expectUnavailable(storage);
    copyFileSync(join(folder, 'copy'), file);
    await sleep(A_LOOK_MS);
    expect(await names(storage)).toEqual(['first', 'in the log alone']);
    await add(storage, 'after');
    expect(await names(storage)).toContain('after');
  });

  it('notices the damage at the next request, though it is asked nothing else', async () => {
    writeFileSync(file, 'no database');
    await sleep(A_LOOK_MS);
    await expect(names(storage)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('does the same when it is cut to nothing', async () => {
    await add(storage, 'in the log alone');
    copyFileSync(file, join(folder, 'copy'));
    truncateSync(file, 0);
    await expectUnavailable(storage);
    copyFileSync(join(folder, 'copy'), file);
    await storage.check();
    expect(await names(storage)).toEqual(['first', 'in the log alone']);
  });

  it('does the same when it is moved away, and never begins a new one', async () => {
    await add(storage, 'in the log alone');
    renameSync(file, join(folder, 'moved'));
    await expectUnavailable(storage);
    expect(readdirSync(join(folder, 'data'))).not.toContain('latchkey.db');
    mkdirSync(file);
    await expectUnavailable(storage);
    rmSync(file, { recursive: true });
    renameSync(join(folder, 'moved'), file);
    await storage.check();
    expect(await names(storage)).toEqual(['first', 'in the log alone']);
  });

  it('refuses an empty database in its place', async () => {
    const empty = join(folder, 'empty.db');
    new Database(empty).exec('create table x (y); drop table x').close();
    const sizeOfEmpty = statSync(empty).size;
    renameSync(empty, file);
    await expectUnavailable(storage);
    expect(statSync(file).size).toBe(sizeOfEmpty);
  });

  it('goes on with another Latchkey database that was put in its place', async () => {
    const other = join(folder, 'other.db');
    const otherStorage = await openStorage({ kind: 'sqlite', file: other });
    await add(otherStorage, 'of the backup');
    await otherStorage.close();
    for (const name of readdirSync(join(folder, 'data'))) rmSync(join(folder, 'data', name));
    renameSync(other, file);
    await storage.check();
    expect(await names(storage)).toEqual(['of the backup']);
    await add(storage, 'since');
    expect(await names(storage)).toEqual(['of the backup', 'since']);
  });

  it('fails a transaction that was under way, and writes nothing of it', async () => {
    const underWay = storage.transact(async ({ db, tables }: Tx) => {
      await db.insert(tables.settings).values({ name: 'half', value: 1 });
      renameSync(file, join(folder, 'moved'));
      await expect(storage.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
      renameSync(join(folder, 'moved'), file);
      await storage.check();
      await db.insert(tables.settings).values({ name: 'other half', value: 1 });
    });
    await expect(underWay).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await names(storage)).toEqual(['first']);
  });
});

/** Another process that opens the same file and adds as many rows as it is told. */
async function addFromOtherProcess(prefix: string, rows: number): Promise<void> {
  const door = new URL('index.ts', import.meta.url).href;
  const program = `
    import { openStorage } from ${JSON.stringify(door)};
    const storage = await openStorage({ kind: 'sqlite', file: process.argv[1] });
    const add = (name) => storage.transact(({ db, tables }) => db.insert(tables.settings).values({ name, value: 1 }));
    await Promise.all(Array.from({ length: ${rows} }, (_, index) => add(${JSON.stringify(prefix)} + index)));
    await storage.close();`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file], { cwd, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

describe('two processes on one SQLite file', () => {
  it('lose none of each other’s writes', async () => {
    const mine = Promise.all(Array.from({ length: 200 }, (_, index) => add(storage, `mine${index}`)));
    await Promise.all([addFromOtherProcess('theirs', 200), mine]);
    expect(await names(storage)).toHaveLength(401);
  });

  it('open a new one at the same time', async () => {
    await storage.close();
    rmSync(join(folder, 'data'), { recursive: true });
    await Promise.all(['a', 'b', 'c'].map((prefix) => addFromOtherProcess(prefix, 5)));
    storage = await openStorage({ kind: 'sqlite', file });
    expect(await names(storage)).toHaveLength(15);
  });
});
