import type { StorageLocation } from './location.ts';
import { openPostgres, type PostgresDriver } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Storage } from './storage.ts';

export { decodeCursor, decodeNumberCursor, isAfter, pageOf, type Cursor } from './cursor.ts';
export { givenRows, givenWhole } from './given-rows.ts';
export { holdingRows } from './held-rows.ts';
export { writeInSlices } from './slices.ts';
export { outageOf, storageProblemOf } from './faults.ts';
export { contains, startsWith } from './search.ts';
export { copySqlite, replaceSqlite } from './sqlite-copies.ts';
export { isSqliteThere, pendingMigrations } from './state.ts';
export type { StorageLocation } from './location.ts';
export type { PostgresDriver } from './postgres.ts';
export { holesOf, readStatement, writeStatement, type Holes } from './statements.ts';
export type { Reader, Storage, Tx } from './storage.ts';
export type { Tables } from './tables.ts';

/** Opens the database and brings its tables up to date. */
export async function openStorage(location: StorageLocation): Promise<Storage> {
  if (location.kind === 'sqlite') return openSqlite(location.file, location.mustExist);
  return openPostgres(location.kind === 'postgres' ? await poolsOf(location.url) : location.driver);
}

/** Loaded only where there is one to talk to. */
async function poolsOf(url: string): Promise<PostgresDriver> {
  const { postgresPools } = await import('./postgres-pools.ts');
  return postgresPools(url);
}
