import { asc, eq, inArray, lte, sql, type InferSelectModel } from 'drizzle-orm';

import type { Storage, Tables, Tx } from '../storage/index.ts';

export type CounterRow = InferSelectModel<Tables['rateLimits']>;

/** Asked before every count. */
export function prepareFindCounter(storage: Storage): (key: string) => Promise<CounterRow | null> {
  const find = storage.prepared('rate-limit-by-key', ({ db, tables: { rateLimits } }) =>
    db
      .select()
      .from(rateLimits)
      .where(eq(rateLimits.key, sql.placeholder('key'))),
  );
  return async (key) => (await find({ key }))[0] ?? null;
}

/** One statement, so that parallel counts are exact. A window that has ended starts anew. */
export async function addToCounter(
  tx: Tx,
  added: { key: string; points: number; nowMs: number; windowMs: number },
): Promise<CounterRow> {
  const { rateLimits } = tx.tables;
  const first = Math.max(0, added.points);
  const windowEndsAtMs = added.nowMs + added.windowMs;
  const hasEnded = sql`${rateLimits.windowEndsAtMs} <= ${added.nowMs}`;
  const isBelowZero = sql`${rateLimits.count} + ${added.points} < 0`;
  const [row] = await tx.db
    .insert(rateLimits)
    .values({ key: added.key, count: first, windowEndsAtMs })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${hasEnded} then ${first} when ${isBelowZero} then 0 else ${rateLimits.count} + ${added.points} end`,
        windowEndsAtMs: sql`case when ${hasEnded} then ${windowEndsAtMs} else ${rateLimits.windowEndsAtMs} end`,
      },
    })
    .returning();
  if (!row) throw new Error('an upsert gave no row back');
  return row;
}

export async function removeCounter({ db, tables: { rateLimits } }: Tx, key: string): Promise<void> {
  await db.delete(rateLimits).where(eq(rateLimits.key, key));
}

/** The ones that ended first. Returns how many went. */
export async function removeEnded({ db, tables: { rateLimits } }: Tx, nowMs: number, limit: number): Promise<number> {
  const ended = db
    .select({ key: rateLimits.key })
    .from(rateLimits)
    .where(lte(rateLimits.windowEndsAtMs, nowMs))
    .orderBy(asc(rateLimits.windowEndsAtMs))
    .limit(limit);
  const removed = await db.delete(rateLimits).where(inArray(rateLimits.key, ended)).returning({ key: rateLimits.key });
  return removed.length;
}
