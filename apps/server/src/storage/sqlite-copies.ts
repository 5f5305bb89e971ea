import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';

import Database from 'better-sqlite3';

import { OperatorError } from '../problems/index.ts';
import { isSqliteBusy } from './faults.ts';
import { isOurSqlite } from './migrations.ts';

/** How long a copy waits for a process that recovers the file after a crash. */
const WAIT_MS = 5_000;
const PAGES_AT_ONCE = 10_000;

/** SQLite keeps its log and index in files of these names beside the database. */
const PARTS = ['', '-wal', '-shm'];

/** Copies a database as it is at one moment, while others go on using it. `to` must not be there. */
export async function copySqlite(from: string, to: string): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: WAIT_MS });
  try {
    // The first question of a transaction takes the snapshot: without it, every write of another process would begin the copy anew.
    source.exec('BEGIN');
    requireOurs(source);
    closeSync(openSync(to, 'wx', 0o600));
    await source.backup(to, { progress: () => PAGES_AT_ONCE });
  } finally {
    source.close();
  }
  settle(to);
}

/** Whole in its one file, and on the disk. */
function settle(file: string): void {
  const copy = new Database(file, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = DELETE');
    if (copy.pragma('quick_check', { simple: true }) !== 'ok') throw new Error('the copy is damaged');
  } finally {
    copy.close();
  }
  sync(file);
}

function sync(file: string): void {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}

function requireOurs(connection: Database.Database): void {
  if (!isOurSqlite(connection)) throw new OperatorError('the database file holds no Latchkey database');
}

/**
 * Puts `by` in the place of `file`, and keeps what was there as `kept`. Returns false, and changes nothing, while another
 * process has the database open: it would go on writing into a file that nobody reads any more.
 */
export function replaceSqlite(file: string, by: string, kept: string): boolean {
  const release = existsSync(file) ? holdAlone(file) : () => undefined;
  if (release === null) return false;
  try {
    for (const part of PARTS) {
      if (existsSync(file + part)) renameSync(file + part, kept + part);
    }
    renameSync(by, file);
    chmodSync(file, 0o600);
  } finally {
    release();
  }
  return true;
}

/** Leaving the write-ahead log takes every other connection's leave. Returns what lets go; null while there are others. */
function holdAlone(file: string): (() => void) | null {
  const connection = new Database(file, { fileMustExist: true, timeout: 0 });
  try {
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE');
    return () => connection.close();
  } catch (error) {
    if (isSqliteBusy(error)) {
      connection.close();
      return null;
    }
    // Damaged beyond reading, so nobody uses it; that may be why a backup is wanted.
    return () => connection.close();
  }
}
