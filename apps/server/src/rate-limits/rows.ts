import { and, asc, eq, gt, inArray, lte, sql, type InferSelectModel } from 'drizzle-orm';

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
  const windowEndsAtMs = added.nowMs + added.windowMs;
  const hasEnded = sql`${rateLimits.windowEndsAtMs} <= ${added.nowMs}`;
  const [row] = await tx.db
    .insert(rateLimits)
    .values({ key: added.key, count: added.points, windowEndsAtMs })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${hasEnded} then ${added.points} else ${rateLimits.count} + ${added.points} end`,
        windowEndsAtMs: sql`case when ${hasEnded} then ${windowEndsAtMs} else ${rateLimits.windowEndsAtMs} end`,
      },
    })
    .returning();
  if (!row) throw new Error('an upsert gave no row back');
  return row;
}

/** What is counted with a wait after some of the tries, each longer than the one before. */
export type Turn = {
  key: string;
  /** After which count how long the next try waits: from the `free`th on, the last one again and again. */
  free: number;
  waitsMs: readonly [number, ...number[]];
  /** The count is forgotten when nothing was counted for so long. */
  quietMs: number;
};

/** Counts a try in one statement, so that parallel ones are exact; null while it must wait, and then nothing is counted. */
export async function takeTurn(
  tx: Tx,
  { key, free, waitsMs, quietMs }: Turn,
  nowMs: number,
): Promise<CounterRow | null> {
  const { rateLimits } = tx.tables;
  const hasEnded = sql`${rateLimits.windowEndsAtMs} <= ${nowMs}`;
  const count = sql`(case when ${hasEnded} then 1 else ${rateLimits.count} + 1 end)`;
  // Without the type, PostgreSQL takes a case of nothing but holes for text.
  const after = (waitMs = 0) => sql`cast(${nowMs + waitMs} as bigint)`;
  const waits = waitsMs.slice(0, -1).map((waitMs, place) => sql`when ${count} = ${free + place} then ${after(waitMs)}`);
  const last = sql`when ${count} < ${free} then null else ${after(waitsMs.at(-1))}`;
  const waitUntilMs = sql`case ${sql.join([...waits, last], sql` `)} end`;
  const first = free > 1 ? null : nowMs + waitsMs[0];
  const windowEndsAtMs = nowMs + quietMs;
  const [row] = await tx.db
    .insert(rateLimits)
    .values({ key, count: 1, windowEndsAtMs, waitUntilMs: first, waitNoted: false })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: { count, windowEndsAtMs, waitUntilMs, waitNoted: false },
      setWhere: sql`${rateLimits.waitUntilMs} is null or ${rateLimits.waitUntilMs} <= ${nowMs}`,
    })
    .returning();
  return row ?? null;
}

/** Takes one try back, and with it the wait that it may have begun. */
export async function giveTurnBack(tx: Tx, key: string): Promise<void> {
  const { rateLimits } = tx.tables;
  await tx.db
    .update(rateLimits)
    .set({ count: sql`${rateLimits.count} - 1`, waitUntilMs: null })
    .where(and(eq(rateLimits.key, key), gt(rateLimits.count, 0)));
}

/** True the first time in a wait. */
export async function noteWait(tx: Tx, key: string): Promise<boolean> {
  const { rateLimits } = tx.tables;
  const noted = await tx.db
    .update(rateLimits)
    .set({ waitNoted: true })
    .where(and(eq(rateLimits.key, key), eq(rateLimits.waitNoted, false)))
    .returning({ key: rateLimits.key });
  return noted.length > 0;
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
