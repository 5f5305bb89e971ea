import { openPostgres, type PostgresDriver } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Storage } from './storage.ts';

export { decodeCursor, encodeCursor, pageOfRows, unknownCursor, type Cursor } from './cursor.ts';
export { partsOf, slicesOf } from './parts.ts';
export { storageProblemOf } from './faults.ts';
export type { PostgresDriver } from './postgres.ts';
export type { Reader, Storage, Tx } from './storage.ts';
export type { Tables } from './tables.ts';

export type StorageLocation =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string }
  /** Another PostgreSQL than one behind a URL. */
  | { kind: 'driver'; driver: PostgresDriver };

/** Opens the database and brings its tables up to date. */
export async function openStorage(location: StorageLocation): Promise<Storage> {
  if (location.kind === 'sqlite') return openSqlite(location.file);
  return openPostgres(location.kind === 'postgres' ? await poolsOf(location.url) : location.driver);
}

/** Loaded only where there is one to talk to. */
async function poolsOf(url: string): Promise<PostgresDriver> {
  const { postgresPools } = await import('./postgres-pools.ts');
  return postgresPools(url);
}
