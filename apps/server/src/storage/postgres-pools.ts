import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

import { SECOND_MS } from '../time/index.ts';
import type { PostgresDriver } from './postgres.ts';
import type { AnyDatabase } from './databases.ts';

/** Of the server's `max_connections`, 100 by default, each instance takes at most these. */
const READERS_AT_MOST = 10;
const WRITERS_AT_MOST = 5;

const CONNECTING = { connectionTimeoutMillis: 5 * SECOND_MS, keepAlive: true, application_name: 'latchkey' };

/** The server gives up first, then the client, for whom a server that vanished from the network never answers. */
const LIMITS = {
  lock_timeout: 5 * SECOND_MS,
  statement_timeout: 10 * SECOND_MS,
  idle_in_transaction_session_timeout: 10 * SECOND_MS,
  query_timeout: 12 * SECOND_MS,
};

/** Two pools on one server: one whose transactions are read-only, and one that writes. */
export function postgresPools(url: string): PostgresDriver {
  const given = { connectionString: url, ...CONNECTING, ...LIMITS };
  const readers = createPool({ ...given, max: READERS_AT_MOST, options: '-c default_transaction_read_only=on' });
  const writers = createPool({ ...given, max: WRITERS_AT_MOST });
  return {
    read: drizzle({ client: readers }),
    transaction: (work) => inTransaction(writers, work),
    migrate: (work) => migrateOver(url, work),
    async close() {
      await Promise.all([readers.end(), writers.end()]);
    },
  };
}

function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // A connection that the server ends would otherwise end this process. The pool leaves it, and the next query opens another.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

function ignore(): void {}

async function inTransaction<Result>(pool: pg.Pool, work: (db: AnyDatabase) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await transactionOn(client, work);
    client.release();
    return result;
  } catch (error) {
    client.release(await rollBack(client));
    throw error;
  }
}

const databases = new WeakMap<pg.ClientBase, AnyDatabase>();

/** The same one for a connection each time. */
function databaseOver(client: pg.ClientBase): AnyDatabase {
  const made = databases.get(client) ?? drizzle({ client: client as pg.Client });
  databases.set(client, made);
  return made;
}

async function transactionOn<Result>(
  client: pg.ClientBase,
  work: (db: AnyDatabase) => Promise<Result>,
): Promise<Result> {
  await client.query('begin');
  const result = await work(databaseOver(client));
  const { command } = await client.query('commit');
  // PostgreSQL answers a commit of what already failed with a rollback, and no error.
  if (command !== 'COMMIT') throw new Error('the transaction went on after a query of it failed');
  return result;
}

/** Gives the error that makes the pool drop the connection, when what was begun can't be ended. */
async function rollBack(client: pg.ClientBase): Promise<Error | undefined> {
  return client.query('rollback').then(
    () => undefined,
    (error: Error) => error,
  );
}

/** On a connection of its own, since a migration may take longer than any query may. */
async function migrateOver(url: string, work: (db: AnyDatabase) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, ...CONNECTING });
  client.on('error', ignore);
  await client.connect();
  try {
    await transactionOn(client, work);
  } finally {
    await client.end();
  }
}
