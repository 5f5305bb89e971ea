import { setTimeout as sleep } from 'node:timers/promises';

import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';

import { breaksSqliteConnection, isSqliteBusy, sqliteFault, unavailable } from './faults.ts';
import { SqliteFile, type Connections } from './sqlite-file.ts';
import * as sqliteTables from './sqlite-tables.ts';
import {
  readerOf,
  refuseNesting,
  refuseReadingBeside,
  withTx,
  type AnyDatabase,
  type Storage,
  type Tx,
} from './storage.ts';
import type { Tables } from './tables.ts';

/** How long a transaction waits for another process's. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 5;

/** Compiled statements that one connection keeps. Statements are few; only lists of values make more of them. */
const STATEMENTS_KEPT = 500;

const tables: Tables = sqliteTables;

type Databases = {
  readonly connections: Connections;
  readonly writer: AnyDatabase;
  readonly reader: AnyDatabase;
  /** The reader, for what is prepared once and asked often. */
  readonly steady: AnyDatabase;
};

/** A prepared query of drizzle's for SQLite, which answers at once. */
type SyncQuery<Rows> = { all(params: Record<string, unknown>): Rows };

export function openSqlite(path: string): Storage {
  const file = new SqliteFile(path);
  const enqueue = createQueue();
  let databases = databasesOf(file, file.connections());

  function current(): Databases {
    const connections = file.connections();
    if (databases.connections !== connections) databases = databasesOf(file, connections);
    return databases;
  }

  const read = readerOf(() => current().reader, tables);

  return {
    kind: 'sqlite',
    read,
    async transact<Result>(work: (tx: Tx) => Promise<Result>) {
      refuseNesting();
      return enqueue(() => inTransaction(current(), work));
    },
    prepared<Rows extends unknown[]>(name: string, build: Parameters<Storage['prepared']>[1]) {
      let compiled: { by: Databases; query: SyncQuery<Rows> } | null = null;
      return async (params: Record<string, unknown>) => {
        refuseReadingBeside();
        const by = current();
        compiled =
          compiled?.by === by ? compiled : { by, query: compile<Rows>(build({ db: by.steady, tables }), name) };
        return compiled.query.all(params);
      };
    },
    check: async () => file.check(),
    close: () => enqueue(async () => file.close()),
  };
}

function compile<Rows>(built: { prepare(name: string): unknown }, name: string): SyncQuery<Rows> {
  return built.prepare(name) as SyncQuery<Rows>;
}

/** One after the other, in the order of their calls. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return function enqueue<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = last.then(job);
    last = result.catch(() => undefined); // the caller gets the failure; the next job only waits
    return result;
  };
}

async function inTransaction<Result>(
  { connections: { writer }, writer: db }: Databases,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  try {
    await begin(writer);
    const result = await withTx(db, tables, work);
    writer.exec('COMMIT');
    return result;
  } catch (error) {
    if (!writer.open) throw unavailable(error); // the file was left while the transaction ran
    if (writer.inTransaction) writer.exec('ROLLBACK');
    throw sqliteFault(error);
  }
}

/** IMMEDIATE: a transaction that reads first, then writes, would fail if another process wrote in between. */
async function begin(writer: Database.Database): Promise<void> {
  const deadlineMs = performance.now() + LOCK_WAIT_MS;
  while (!tryBegin(writer, performance.now() > deadlineMs)) await sleep(LOCK_RETRY_MS);
}

function tryBegin(writer: Database.Database, isLastTry: boolean): boolean {
  try {
    writer.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isLastTry || !isSqliteBusy(error)) throw error;
    return false;
  }
}

function databasesOf(file: SqliteFile, connections: Connections): Databases {
  const over = (connection: Database.Database, edit?: (text: string) => string) =>
    databaseOver(connection, () => file.abandon(connections), edit);
  const { writer, reader } = connections;
  return { connections, writer: over(writer), reader: over(reader), steady: over(reader, hideValues) };
}

/**
 * This SQLite is built with STAT4, whose planner looks at bound values: a join is compiled anew, in 20 µs, whenever one of them
 * is another. At what a subquery gives it can't look. No value of ours changes a plan, since nobody runs ANALYZE.
 */
function hideValues(text: string): string {
  return text.replaceAll('?', '(select ?)');
}

/** SQLite's database taken for PostgreSQL's: both build the same queries from the same calls. */
function databaseOver(
  connection: Database.Database,
  leave: () => void,
  edit: (text: string) => string = (text) => text,
): AnyDatabase {
  const fail = (error: unknown): never => {
    if (breaksSqliteConnection(error)) leave();
    throw connection.open ? sqliteFault(error) : unavailable(error);
  };
  const client = clientOver((text) => connection.prepare(edit(text)), fail);
  return drizzle(client as unknown as Database.Database) as unknown as AnyDatabase;
}

/** As much of better-sqlite3's connection as drizzle uses. Compiles each statement once, and translates what it throws. */
function clientOver(prepare: (text: string) => Database.Statement, fail: (error: unknown) => never) {
  const statements = new Map<string, Database.Statement>();

  function statementOf(text: string): Database.Statement {
    const kept = statements.get(text);
    if (kept) return kept;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = prepare(text);
    statements.set(text, statement);
    return statement;
  }

  function attempt<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      return fail(error);
    }
  }

  return {
    prepare(text: string) {
      const statement = attempt(() => statementOf(text));
      return {
        run: (...params: unknown[]) => attempt(() => statement.run(...params)),
        all: (...params: unknown[]) => attempt(() => statement.all(...params)),
        get: (...params: unknown[]) => attempt(() => statement.get(...params)),
        raw: () => ({
          all: (...params: unknown[]) => attempt(() => statement.raw().all(...params)),
          get: (...params: unknown[]) => attempt(() => statement.raw().get(...params)),
        }),
      };
    },
  };
}
