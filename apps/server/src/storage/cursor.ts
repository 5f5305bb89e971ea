import { Problem } from '../problems/index.ts';

/** Where a keyset page goes on, newest first: after the row made at this time with this id. */
export type Cursor = { createdAtMs: number; id: string };

export function encodeCursor({ createdAtMs, id }: Cursor): string {
  return Buffer.from(`${createdAtMs}.${id}`).toString('base64url');
}

export function decodeCursor(text: string): Cursor {
  const [, createdAtMs, id] = /^(\d{1,15})\.([\w-]{1,40})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (createdAtMs === undefined || id === undefined) throw unknownCursor();
  return { createdAtMs: Number(createdAtMs), id };
}

export function unknownCursor(): Problem {
  return new Problem('input_invalid', { issues: [{ path: 'cursor', message: 'Use nextCursor as it was given.' }] });
}

/** A page of `limit` out of rows that were asked for with one more, and where the next one starts. */
export function pageOfRows<Row extends Cursor>(rows: Row[], limit: number): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
}
