import { getTableColumns, is, Param, sql, type Placeholder, type Table } from 'drizzle-orm';

import type { ReadDatabase, WriteDatabase } from './databases.ts';
import type { Tables } from './tables.ts';

/** What a statement is given when it runs, as it stands in the statement. */
export type Holes<Given> = { readonly [Name in keyof Given]: Placeholder<string, Given[Name]> };

/** What `run` takes beside the statement: nothing where it has no holes. */
export type Values<Given> = [Given] extends [void] ? [] : [values: Given];

type Prepared<Rows> = {
  execute(values?: Record<string, unknown>): Promise<Rows>;
  getQuery(): { params: unknown[] };
};

/** A query builder: what `db.select()…` or `db.insert()…` gives. */
type Preparable<Rows> = { prepare(name: string): Prepared<Rows> };

type Statement<Db, Given, Rows> = {
  readonly name: string;
  readonly build: (db: Db, tables: Tables, given: Holes<Given>) => Preparable<Rows>;
};

/** A question that `run` asks. */
export type ReadStatement<Given, Rows> = Statement<ReadDatabase, Given, Rows>;
/** A write, or a question, that a transaction's `run` does. */
export type WriteStatement<Given, Rows> = Statement<WriteDatabase, Given, Rows>;

/**
 * A query that is built and compiled once, for what is asked often: building takes ten times longer than the query itself.
 * What differs from run to run is in `given`, whose type says what that is. `name` is unique in the program.
 */
export function readStatement<Rows, Given = void>(
  name: string,
  build: ReadStatement<Given, Rows>['build'],
): ReadStatement<Given, Rows> {
  return { name, build };
}

export function writeStatement<Rows, Given = void>(
  name: string,
  build: WriteStatement<Given, Rows>['build'],
): WriteStatement<Given, Rows> {
  return { name, build };
}

/** For `values`, where a whole row is given. */
export function holesOf<Of extends Table>(table: Of, given: Holes<Of['$inferSelect']>): Holes<Of['$inferSelect']> {
  const names = Object.keys(getTableColumns(table)) as (keyof Of['$inferSelect'])[];
  return Object.fromEntries(names.map((name) => [name, given[name]])) as typeof given;
}

/** A hole by any name: which ones there are, their type says. */
const anyHole = new Proxy({}, { get: (_target, name) => sql.placeholder(String(name)) });

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
  run<Given, Rows>(statement: Statement<Db, Given, Rows>, [values]: Values<Given>): Promise<Rows> {
    const compiled = this.#compiled.get(statement) ?? this.#compile(statement);
    return (compiled as Prepared<Rows>).execute(values ?? {});
  }

  #compile<Given, Rows>(statement: Statement<Db, Given, Rows>): Prepared<unknown> {
    const compiled = statement.build(this.#db, this.#tables, anyHole as Holes<Given>).prepare(statement.name);
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
