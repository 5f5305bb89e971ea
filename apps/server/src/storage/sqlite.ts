import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';

import { breaksSqliteConnection, sqliteFault, unavailable } from './faults.ts';
import { SqliteFile, type Connections } from './sqlite-file.ts';
import { ReadLock } from './sqlite-read-lock.ts';
import * as sqliteTables from './sqlite-tables.ts';
import { createTransactions } from './sqlite-transactions.ts';
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

/** Compiled statements that one connection keeps. Statements are few; only lists of values make more of them. */
const STATEMENTS_KEPT = 500;

const tables: Tables = sqliteTables;

type Databases = {
  readonly connections: Connections;
  readonly writer: AnyDatabase;
  readonly reader: AnyDatabase;
  /** The reader, for what is prepared once and asked often. */
  readonly steady: AnyDatabase;
  readonly readLock: ReadLock;
};

/** A prepared query of drizzle's for SQLite, which answers at once. */
type SyncQuery<Rows> = { all(params: Record<string, unknown>): Rows };

export function openSqlite(path: string): Storage {
  const file = new SqliteFile(path);
  let databases = databasesOf(file, file.connections());

  function current(): Databases {
    const connections = file.connections();
    if (databases.connections !== connections) databases = databasesOf(file, connections);
    return databases;
  }

  const read = readerOf(() => current().reader, tables);
  const transactions = createTransactions(() => {
    const { connections, writer, readLock } = current();
    return {
      writer: connections.writer,
      context: writer,
      beforeCommit: () => readLock.leave(),
      abandon: () => file.abandon(connections),
    };
  });

  return {
    kind: 'sqlite',
    read,
    async transact<Result>(work: (tx: Tx) => Promise<Result>) {
      refuseNesting();
      return transactions.run((db) => withTx(db, tables, work));
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
    close: () => transactions.afterAll(async () => file.close()),
  };
}

function compile<Rows>(built: { prepare(name: string): unknown }, name: string): SyncQuery<Rows> {
  return built.prepare(name) as SyncQuery<Rows>;
}

function databasesOf(file: SqliteFile, connections: Connections): Databases {
  const { writer, reader, lockHolder } = connections;
  const leave = () => file.abandon(connections);
  const readLock = new ReadLock(lockHolder);
  const before = () => readLock.hold();
  return {
    connections,
    writer: databaseOver(writer, { leave, before: () => requireTransaction(writer) }),
    reader: databaseOver(reader, { leave, before }),
    steady: databaseOver(reader, { leave, before, edit: hideValues }),
    readLock,
  };
}

/** SQLite ends one by itself when the disk is full. What came after it would be a write of its own. */
function requireTransaction(writer: Database.Database): void {
  if (!writer.inTransaction) throw unavailable(new Error('SQLite undid the transaction'));
}

/**
 * This SQLite is built with STAT4, whose planner looks at bound values: a join is compiled anew, in 20 µs, whenever one of them
 * is another. At what a subquery gives it can't look. No value of ours changes a plan, since nobody runs ANALYZE.
 */
function hideValues(text: string): string {
  return text.replaceAll('?', '(select ?)');
}

type Handling = {
  /** When the connection isn't to be trusted any more. */
  leave(): void;
  /** Before each statement. */
  before?(): void;
  edit?(text: string): string;
};

/** SQLite's database taken for PostgreSQL's: both build the same queries from the same calls. */
function databaseOver(connection: Database.Database, handling: Handling): AnyDatabase {
  return drizzle(clientOver(connection, handling) as unknown as Database.Database) as unknown as AnyDatabase;
}

/** As much of better-sqlite3's connection as drizzle uses. Compiles each statement once, and translates what it throws. */
function clientOver(
  connection: Database.Database,
  { leave, before = () => undefined, edit = (text) => text }: Handling,
) {
  const statements = new Map<string, Database.Statement>();

  function statementOf(text: string): Database.Statement {
    const kept = statements.get(text);
    if (kept) return kept;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = connection.prepare(edit(text));
    statements.set(text, statement);
    return statement;
  }

  function attempt<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      if (breaksSqliteConnection(error)) leave();
      throw connection.open ? sqliteFault(error) : unavailable(error);
    }
  }

  function ask<Result>(step: () => Result): Result {
    return attempt(() => {
      before();
      return step();
    });
  }

  return {
    prepare(text: string) {
      const statement = attempt(() => statementOf(text));
      return {
        run: (...params: unknown[]) => ask(() => statement.run(...params)),
        all: (...params: unknown[]) => ask(() => statement.all(...params)),
        get: (...params: unknown[]) => ask(() => statement.get(...params)),
        raw: () => ({
          all: (...params: unknown[]) => ask(() => statement.raw().all(...params)),
          get: (...params: unknown[]) => ask(() => statement.raw().get(...params)),
        }),
      };
    },
  };
}
