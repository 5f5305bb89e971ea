import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** PostgreSQL's query builder is the canonical one. SQLite's is cast to it once, in `sqlite.ts`. */
export type AnyDatabase = PgDatabase<PgQueryResultHKT>;

export type ReadDatabase = Pick<AnyDatabase, 'select' | 'selectDistinct' | '$with'>;
export type WriteDatabase = ReadDatabase & Pick<AnyDatabase, 'insert' | 'update' | 'delete'>;
