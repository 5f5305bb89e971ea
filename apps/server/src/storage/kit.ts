import {
  bigint as pgBigint,
  boolean as pgBoolean,
  index as pgIndex,
  jsonb as pgJsonb,
  pgTable,
  primaryKey as pgPrimaryKey,
  text as pgText,
  uniqueIndex as pgUniqueIndex,
} from 'drizzle-orm/pg-core';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** The column makers of PostgreSQL. Their types are the ones that all queries are written against. */
export const postgresKit = {
  table: pgTable,
  text: (name: string) => pgText(name),
  /** Up to 2^53: JavaScript's whole numbers. */
  integer: (name: string) => pgBigint(name, { mode: 'number' }),
  /** Milliseconds since 1970-01-01 UTC. */
  ms: (name: string) => pgBigint(name, { mode: 'number' }),
  flag: (name: string) => pgBoolean(name),
  json: (name: string) => pgJsonb(name),
  index: pgIndex,
  uniqueIndex: pgUniqueIndex,
  primaryKey: pgPrimaryKey,
};

export type Kit = typeof postgresKit;

/** The same makers for SQLite. This is the one place where SQLite's types are taken for PostgreSQL's. */
export const sqliteKit = {
  table: sqliteTable,
  text: (name: string) => text(name),
  integer: (name: string) => integer(name),
  ms: (name: string) => integer(name),
  flag: (name: string) => integer(name, { mode: 'boolean' }),
  json: (name: string) => text(name, { mode: 'json' }),
  index,
  uniqueIndex,
  primaryKey,
} as unknown as Kit;
