import { join } from 'node:path';

import type Database from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import { bigint, pgTable, text } from 'drizzle-orm/pg-core';

import { MIGRATIONS } from '../installed-files.ts';
import { OperatorError } from '../problems/index.ts';
import type { AnyDatabase } from './databases.ts';

/** "Lkey", in the header of our SQLite files. */
export const SQLITE_APPLICATION_ID = 0x4c6b6579;

/** Any number that nobody else takes on the same PostgreSQL database. */
const ADVISORY_LOCK = 0x4c6b6579;

const migrationsDone = pgTable('__drizzle_migrations', {
  hash: text('hash').notNull(),
  createdAtMs: bigint('created_at', { mode: 'number' }).notNull(),
});

function migrationsOf(dialect: 'sqlite' | 'postgres', after: number): MigrationMeta[] {
  const migrationsFolder = join(MIGRATIONS, dialect);
  return readMigrationFiles({ migrationsFolder }).filter((each) => each.folderMillis > after);
}

/** One process migrates, in one transaction; another that starts meanwhile waits for it, then finds nothing to do. */
export function migrateSqlite(writer: Database.Database): void {
  writer.pragma('foreign_keys = OFF'); // a table is rebuilt by dropping it while others refer to it
  writer.transaction(() => applyToSqlite(writer)).immediate();
  writer.pragma('foreign_keys = ON');
}

function applyToSqlite(writer: Database.Database): void {
  if (!isOurSqlite(writer) && countTables(writer) > 0) throw new OperatorError("The SQLite file is another program's.");
  writer.pragma(`application_id = ${SQLITE_APPLICATION_ID}`);
  writer.exec('CREATE TABLE IF NOT EXISTS __drizzle_migrations (hash text NOT NULL, created_at integer NOT NULL)');
  const missing = migrationsOf('sqlite', lastOfSqlite(writer));
  // The check below reads every row there is, which a start of a big database has no time for.
  if (missing.length === 0) return;
  const done = writer.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  for (const migration of missing) {
    for (const statement of migration.sql) writer.exec(statement);
    done.run(migration.hash, migration.folderMillis);
  }
  if (writer.prepare('PRAGMA foreign_key_check').all().length > 0)
    throw new Error('a migration left rows that refer to nothing');
}

/** When the last migration that ran was made. */
export function lastOfSqlite(connection: Database.Database): number {
  return Number(connection.prepare('SELECT coalesce(max(created_at), 0) FROM __drizzle_migrations').pluck().get());
}

/** The same; null where none ever ran. */
export async function lastOfPostgres(db: Pick<AnyDatabase, 'select'>): Promise<number | null> {
  const [found] = await db
    .select({ there: sql<string | null>`to_regclass('__drizzle_migrations')` })
    .from(sql`(select 1) as one`);
  if (!found?.there) return null;
  const done = await db.select().from(migrationsDone);
  return Math.max(0, ...done.map((each) => each.createdAtMs));
}

export function pendingAfter(dialect: 'sqlite' | 'postgres', last: number): number {
  return migrationsOf(dialect, last).length;
}

function countTables(connection: Database.Database): number {
  return Number(connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
}

/** Whether it was migrated by us before: an empty file in the place of ours is a loss, not a new beginning. */
export function isOurSqlite(connection: Database.Database): boolean {
  return connection.pragma('application_id', { simple: true }) === SQLITE_APPLICATION_ID && countTables(connection) > 0;
}

/** To be called in a transaction. The advisory lock lets one instance migrate; the others wait, then find nothing to do. */
export async function migratePostgres(db: AnyDatabase): Promise<void> {
  await db.execute(sql.raw(`select pg_advisory_xact_lock(${ADVISORY_LOCK})`));
  await db.execute(sql`create table if not exists ${migrationsDone} (hash text not null, created_at bigint not null)`);
  const done = await db.select().from(migrationsDone);
  const last = Math.max(0, ...done.map((each) => each.createdAtMs));
  for (const migration of migrationsOf('postgres', last)) {
    for (const statement of migration.sql) await db.execute(sql.raw(statement));
    await db.insert(migrationsDone).values({ hash: migration.hash, createdAtMs: migration.folderMillis });
  }
}
