import { getTableColumns, is, Param, sql, type Placeholder, type Table } from 'drizzle-orm';

import type { ReadDatabase, WriteDatabase } from './databases.ts';
import type { Tables } from './tables.ts';

/** What holes are filled with, by their names. */
export type Values = Readonly<Record<string, unknown>>;

type Prepared<Rows> = {
  execute(values?: Record<string, unknown>): Promise<Rows>;
  getQuery(): { params: unknown[] };
};

/** A query builder: what `db.select()…` or `db.insert()…` gives. */
type Preparable<Rows> = { prepare(name: string): Prepared<Rows> };

type Build<Db, Rows> = (db: Db, tables: Tables) => Preparable<Rows>;

/** A question that `run` asks. */
export type ReadStatement<Rows> = { readonly name: string; readonly build: Build<ReadDatabase, Rows> };
/** A write, or a question, that a transaction's `run` does. */
export type WriteStatement<Rows> = { readonly name: string; readonly build: Build<WriteDatabase, Rows> };

/**
 * A query that is built and compiled once, for what is asked often: building takes ten times longer than the query itself.
 * Holes are `sql.placeholder('name')`. `name` is unique in the program.
 */
export function readStatement<Rows>(name: string, build: Build<ReadDatabase, Rows>): ReadStatement<Rows> {
  return { name, build };
}

export function writeStatement<Rows>(name: string, build: Build<WriteDatabase, Rows>): WriteStatement<Rows> {
  return { name, build };
}

/** A hole for each column of a table, by its name: for `values`, where a whole row is given. */
export function holesOf<Of extends Table>(table: Of): { [Column in keyof Of['$inferInsert']]: Placeholder } {
  const names = Object.keys(getTableColumns(table));
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as ReturnType<typeof holesOf<Of>>;
}

/** The statements of one database, each compiled when it first runs. */
export class Statements<Db> {
  readonly #db: Db;
  readonly #tables: Tables;
  readonly #compiled = new Map<object, Prepared<unknown>>();

  constructor(db: Db, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  /** To be awaited, once: SQLite is asked by that, and by nothing else. */
  run<Rows>(statement: { name: string; build: Build<Db, Rows> }, values: Values): Promise<Rows> {
    const compiled = this.#compiled.get(statement) ?? this.#compile(statement);
    return (compiled as Prepared<Rows>).execute(values);
  }

  #compile<Rows>(statement: { name: string; build: Build<Db, Rows> }): Prepared<unknown> {
    const compiled = statement.build(this.#db, this.#tables).prepare(statement.name);
    keepNulls(compiled.getQuery().params);
    this.#compiled.set(statement, compiled);
    return compiled;
  }
}

/** drizzle encodes a null that fills a hole, as it doesn't where it stands in the query: in a JSON column it'd be the text `null`. */
function keepNulls(params: unknown[]): void {
  for (const [place, param] of params.entries()) {
    if (!is(param, Param)) continue;
    const { value, encoder } = param;
    params[place] = new Param(value, {
      mapToDriverValue: (given: unknown) => (given === null ? null : encoder.mapToDriverValue(given)),
    });
  }
}
