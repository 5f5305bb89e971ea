import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { ReadLock } from './sqlite-read-lock.ts';

let folder: string;
let connection: Database.Database;
let lock: ReadLock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-read-lock-'));
  connection = new Database(join(folder, 'own.db'));
  lock = new ReadLock(connection);
});

afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is held from the first question in a turn to its end, and in the next turn anew', async () => {
  for (let turns = 0; turns < 2; turns += 1) {
    expect(connection.inTransaction).toBe(false);
    lock.hold();
    lock.hold();
    expect(connection.inTransaction).toBe(true);
    await turn();
  }
  expect(connection.inTransaction).toBe(false);
});

it('is left before a commit, and held again by a question after it in the same turn', async () => {
  lock.hold();
  lock.leave();
  expect(connection.inTransaction).toBe(false);
  lock.hold();
  expect(connection.inTransaction).toBe(true);
  await turn();
  expect(connection.inTransaction).toBe(false);
});
