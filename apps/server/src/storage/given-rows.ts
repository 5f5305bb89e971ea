import { getTableColumns, is, sql, type Column, type Placeholder, type SQL, type Table } from 'drizzle-orm';
import { PgColumn } from 'drizzle-orm/pg-core';

type GivenRows<Columns> = {
  /** What stands after `from`. */
  from: SQL;
  /** Each column of a given row. */
  row: { [Name in keyof Columns]: SQL };
};

/**
 * Rows that fill one hole together, as JSON text: however many there are, it is one statement with one value. Each row is an
 * object with a member for each of the columns, by the names that they have here.
 */
export function givenRows<Columns extends Record<string, Column>>(
  columns: Columns,
  rows: Placeholder<string, string>,
): GivenRows<Columns> {
  const names = Object.keys(columns);
  const row = Object.fromEntries(names.map((name) => [name, sql`given.${sql.identifier(name)}`]));
  const isPostgres = Object.values(columns).every((column) => is(column, PgColumn));
  return {
    from: isPostgres ? postgresRows(columns, rows) : sqliteRows(names, rows),
    row: row as GivenRows<Columns>['row'],
  };
}

/** What an insert selects from whole rows that are given. SQLite would take `on conflict` for the end of a join, but for the `where`. */
export function givenWhole(table: Table, rows: Placeholder<string, string>): SQL {
  const { from, row } = givenRows(getTableColumns(table), rows);
  return sql`select ${sql.join(Object.values(row), sql`, `)} from ${from} where true`;
}

function postgresRows(columns: Record<string, Column>, rows: Placeholder): SQL {
  const typed = Object.entries(columns).map(
    ([name, column]) => sql`${sql.identifier(name)} ${sql.raw(column.getSQLType())}`,
  );
  return sql`json_to_recordset(${rows}::json) as given(${sql.join(typed, sql`, `)})`;
}

function sqliteRows(names: readonly string[], rows: Placeholder): SQL {
  const taken = names.map((name) => sql`value ->> ${sql.raw(`'$.${name}'`)} as ${sql.identifier(name)}`);
  return sql`(select ${sql.join(taken, sql`, `)} from json_each(${rows})) as given`;
}
