import { sql, type AnyColumn, type SQL } from 'drizzle-orm';

import { Problem } from '../problems/index.ts';

/** Where a keyset page goes on: after the row of this time, which is mostly when it was made, with this id. */
export type Cursor = { createdAtMs: number; id: string };

type Page<Item> = { items: Item[]; nextCursor: string | null };

function encodeCursor({ createdAtMs, id }: Cursor): string {
  return Buffer.from(`${createdAtMs}.${id}`).toString('base64url');
}

/** Null, the first page, without one. */
export function decodeCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  const [, createdAtMs, id] = /^(\d{1,15})\.([\w-]{1,40})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (createdAtMs === undefined || id === undefined) throw unknownCursor();
  return { createdAtMs: Number(createdAtMs), id };
}

/** The same for rows that are told apart by a number. */
export function decodeNumberCursor(text: string | undefined): { createdAtMs: number; id: number } | null {
  const cursor = decodeCursor(text);
  if (cursor === null) return null;
  const id = Number(cursor.id);
  if (!Number.isSafeInteger(id)) throw unknownCursor();
  return { ...cursor, id };
}

function unknownCursor(): Problem {
  return new Problem('input_invalid', { issues: [{ path: 'cursor', message: 'Use nextCursor as it was given.' }] });
}

/** Of rows by time and id, those after the cursor's; the times fall where the newest are listed first. */
export function isAfter(
  cursor: { createdAtMs: number; id: string | number } | null,
  time: AnyColumn,
  id: AnyColumn,
  times: 'falling' | 'rising' = 'falling',
): SQL | undefined {
  if (cursor === null) return undefined;
  const beyond = sql.raw(times === 'falling' ? '<' : '>');
  return sql`(${time}, ${id}) ${beyond} (${cursor.createdAtMs}, ${cursor.id})`;
}

/** A page of `limit` out of rows that were asked for with one more, and where the next one starts. */
export function pageOf<Row extends Cursor, Item>(rows: Row[], limit: number, itemOf: (row: Row) => Item): Page<Item>;
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  cursorOf: (row: Row) => Cursor,
): Page<Item>;
export function pageOf<Item>(
  rows: Cursor[],
  limit: number,
  itemOf: (row: Cursor) => Item,
  cursorOf: (row: Cursor) => Cursor = (row) => row,
): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => itemOf(row)),
    nextCursor: rows.length > limit && last ? encodeCursor(cursorOf(last)) : null,
  };
}
