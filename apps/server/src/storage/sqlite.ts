import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';

import { breaksSqliteConnection, sqliteFault, unavailable } from './faults.ts';
import { SqliteFile, type Connections } from './sqlite-file.ts';
import { ReadLock } from './sqlite-read-lock.ts';
import * as sqliteTables from './sqlite-tables.ts';
import { createTransactions } from './sqlite-transactions.ts';
import type { AnyDatabase } from './databases.ts';
import { Statements } from './statements.ts';
import { readerOf, refuseNesting, withTx, type Connected, type Storage, type Tx } from './storage.ts';
import type { Tables } from './tables.ts';

/** Compiled statements that are kept of a connection, twice: what is built once, and the rest. Only lists of values make many. */
const STATEMENTS_KEPT = 500;

const tables: Tables = sqliteTables;

type Databases = {
  readonly connections: Connections;
  readonly writing: Connected<AnyDatabase>;
  readonly reading: Connected<AnyDatabase>;
  readonly readLock: ReadLock;
};

export function openSqlite(path: string, mustExist = false): Storage {
  const file = new SqliteFile(path, mustExist);
  let databases = databasesOf(file, file.connections());

  function current(): Databases {
    const connections = file.connections();
    if (databases.connections !== connections) databases = databasesOf(file, connections);
    return databases;
  }

  const read = readerOf(() => current().reading, tables);
  const transactions = createTransactions(() => {
    const { connections, writing, readLock } = current();
    return {
      writer: connections.writer,
      context: writing,
      beforeCommit: () => readLock.leave(),
      abandon: () => file.abandon(connections),
    };
  });

  return {
    kind: 'sqlite',
    read,
    async transact<Result>(work: (tx: Tx) => Promise<Result>) {
      refuseNesting();
      return transactions.run((on) => withTx(on, tables, work));
    },
    check: async () => file.check(),
    close: () => transactions.afterAll(async () => file.close()),
  };
}

function databasesOf(file: SqliteFile, connections: Connections): Databases {
  const { writer, reader, lockHolder } = connections;
  const leave = () => file.abandon(connections);
  const readLock = new ReadLock(lockHolder);
  return {
    connections,
    writing: connected(writer, { leave, before: () => requireTransaction(writer) }),
    reading: connected(reader, { leave, before: () => readLock.hold() }),
    readLock,
  };
}

function connected(connection: Database.Database, handling: Handling): Connected<AnyDatabase> {
  const steady = databaseOver(connection, { ...handling, edit: hideValues });
  return { db: databaseOver(connection, handling), statements: new Statements(steady, tables) };
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
  return text.startsWith('select') ? text.replaceAll('?', '(select ?)') : text;
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
