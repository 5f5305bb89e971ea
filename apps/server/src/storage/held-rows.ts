import { is, type Table } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';

type Lockable = { for(strength: 'share', config: { of: PgTable }): unknown };

/**
 * The query, so that nobody changes the rows of the table that it finds until the transaction is over; and where somebody is
 * changing one, it waits, and judges it anew. On SQLite, where one writes at a time, it is so anyway.
 */
export function holdingRows<Query extends Lockable>(query: Query, table: Table): Query {
  return is(table, PgTable) ? (query.for('share', { of: table }) as Query) : query;
}
