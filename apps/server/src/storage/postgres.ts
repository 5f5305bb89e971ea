import { setTimeout as sleep } from 'node:timers/promises';

import type { PgPreparedQuery, PreparedQueryConfig } from 'drizzle-orm/pg-core';

import { isLostRace, postgresFault } from './faults.ts';
import { migratePostgres } from './migrations.ts';
import * as postgresTables from './postgres-tables.ts';
import type { AnyDatabase } from './databases.ts';
import { Statements } from './statements.ts';
import { readerOf, refuseNesting, withTx, type Connected, type Storage, type Tx } from './storage.ts';
import type { Tables } from './tables.ts';

const tables: Tables = postgresTables;

/** How often a transaction that PostgreSQL broke to solve a deadlock is run again. */
const RACES_LOST_AT_MOST = 5;
const RACE_PAUSE_MS = 10;

/** A PostgreSQL to talk to: one behind a URL, or the one in process that tests use. */
export type PostgresDriver = {
  /** Takes no writes. */
  readonly read: AnyDatabase;
  transaction<Result>(work: (db: AnyDatabase) => Promise<Result>): Promise<Result>;
  /** One transaction that may take as long as it takes. */
  migrate(work: (db: AnyDatabase) => Promise<void>): Promise<void>;
  close(): Promise<void>;
};

export async function openPostgres(driver: PostgresDriver): Promise<Storage> {
  await translated(() => driver.migrate(migratePostgres));
  const reading = connected(driver.read);
  const read = readerOf(() => reading, tables);
  return {
    kind: 'postgres',
    read,
    async transact<Result>(work: (tx: Tx) => Promise<Result>) {
      refuseNesting();
      return translated(() => untilRaceIsWon(() => driver.transaction((db) => withTx(connected(db), tables, work))));
    },
    async check() {
      await read.db.select().from(tables.auditHead).limit(1);
    },
    close: () => driver.close(),
  };
}

/** What was compiled for a connection stays with it. */
const known = new WeakMap<AnyDatabase, Connected<AnyDatabase>>();

function connected(db: AnyDatabase): Connected<AnyDatabase> {
  const before = known.get(db);
  if (before) return before;
  const made = { db: withOwnFaults(db), statements: new Statements(db, tables) };
  known.set(db, made);
  return made;
}

async function translated<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw postgresFault(error);
  }
}

async function untilRaceIsWon<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let lost = 0; ; lost += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (lost === RACES_LOST_AT_MOST || !isLostRace(error)) throw error;
      await sleep(RACE_PAUSE_MS * Math.random());
    }
  }
}

/** drizzle puts a failed query's parameters (digests, addresses) into its error's text, which goes to the log. Ours hold none. */
function withOwnFaults(db: AnyDatabase): AnyDatabase {
  const { session } = db._;
  const prepareQuery: PrepareQuery = session.prepareQuery.bind(session);
  session.prepareQuery = ((...given) => {
    const query = prepareQuery(...given);
    const execute = query.execute.bind(query);
    query.execute = (...params) => translated(() => execute(...params));
    return query;
  }) as typeof session.prepareQuery;
  return db;
}
type PrepareQuery = (
  ...given: Parameters<AnyDatabase['_']['session']['prepareQuery']>
) => PgPreparedQuery<PreparedQueryConfig>;
