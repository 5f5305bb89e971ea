import { statSync } from 'node:fs';

import Database from 'better-sqlite3';

import { unavailable } from './faults.ts';
import type { StorageLocation } from './location.ts';
import { isOurSqlite, lastOfPostgres, lastOfSqlite, pendingAfter } from './migrations.ts';

/** Looks at a database without changing it: how many migrations the next start would run, or null where there is none yet. */
export async function pendingMigrations(location: StorageLocation): Promise<number | null> {
  if (location.kind === 'sqlite') return pendingOfSqlite(location.file);
  const { postgresPools } = await import('./postgres-pools.ts');
  const driver = location.kind === 'postgres' ? postgresPools(location.url) : location.driver;
  try {
    const last = await lastOfPostgres(driver.read);
    return last === null ? null : pendingAfter('postgres', last);
  } finally {
    await driver.close();
  }
}

/** Whether the file is there. Throws a `Problem` where the file system won't say. */
export function isSqliteThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unavailable(error);
  }
}

function pendingOfSqlite(file: string): number | null {
  if (!isSqliteThere(file)) return null;
  const connection = new Database(file, { readonly: true });
  try {
    if (!isOurSqlite(connection)) throw unavailable(new Error('the file holds no Latchkey database'));
    return pendingAfter('sqlite', lastOfSqlite(connection));
  } finally {
    connection.close();
  }
}
