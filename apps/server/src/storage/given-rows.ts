import { getTableColumns, is, sql, type Column, type SQL, type Table } from 'drizzle-orm';
import { PgColumn } from 'drizzle-orm/pg-core';

type Given<Columns> = {
  /** What stands after `from`. */
  from: SQL;
  /** Each column of the given rows. */
  given: { [Name in keyof Columns]: SQL };
};

/**
 * Rows that fill the hole `rows` together, as JSON text: however many there are, it is one statement with one value. Each row is an
 * object with a member for each of the columns, by the names that they have here.
 */
export function givenRows<Columns extends Record<string, Column>>(columns: Columns): Given<Columns> {
  const names = Object.keys(columns);
  const given = Object.fromEntries(names.map((name) => [name, sql`given.${sql.identifier(name)}`]));
  const isPostgres = Object.values(columns).every((column) => is(column, PgColumn));
  return { from: isPostgres ? postgresRows(columns) : sqliteRows(names), given: given as Given<Columns>['given'] };
}

/** What an insert selects from whole rows that are given. SQLite would take `on conflict` for the end of a join, but for the `where`. */
export function givenWhole(table: Table): SQL {
  const { from, given } = givenRows(getTableColumns(table));
  return sql`select ${sql.join(Object.values(given), sql`, `)} from ${from} where true`;
}

function postgresRows(columns: Record<string, Column>): SQL {
  const typed = Object.entries(columns).map(
    ([name, column]) => sql`${sql.identifier(name)} ${sql.raw(column.getSQLType())}`,
  );
  return sql`json_to_recordset(${sql.placeholder('rows')}::json) as given(${sql.join(typed, sql`, `)})`;
}

function sqliteRows(names: readonly string[]): SQL {
  const taken = names.map((name) => sql`value ->> ${sql.raw(`'$.${name}'`)} as ${sql.identifier(name)}`);
  return sql`(select ${sql.join(taken, sql`, `)} from json_each(${sql.placeholder('rows')})) as given`;
}
