import { and, asc, eq, gt, inArray, lte, sql, type InferSelectModel } from 'drizzle-orm';

import { readStatement, writeStatement, type Holes, type Reader, type Tables, type Tx } from '../storage/index.ts';
import { CLOCKS_APART_MS } from '../time/index.ts';

export type CounterRow = InferSelectModel<Tables['rateLimits']>;

const counterByKey = readStatement('counter_by_key', (db, { rateLimits }, given: Holes<{ key: string }>) =>
  db.select().from(rateLimits).where(eq(rateLimits.key, given.key)),
);

export async function findCounter(reader: Reader, key: string): Promise<CounterRow | null> {
  const [row] = await reader.run(counterByKey, { key });
  return row ?? null;
}

/** No window that is open ends later: one that does was begun before the clock was set back. */
function latestEndMs(nowMs: number, windowMs: number): number {
  return nowMs + windowMs + CLOCKS_APART_MS;
}

/** As `counter_added` has it. */
export function isOpen({ windowEndsAtMs }: CounterRow, nowMs: number, windowMs: number): boolean {
  return nowMs < windowEndsAtMs && windowEndsAtMs <= latestEndMs(nowMs, windowMs);
}

type Added = { key: string; points: number; nowMs: number; windowEndsAtMs: number; latestEndMs: number };

/** One statement, so that parallel counts are exact. A window that has ended starts anew. */
const added = writeStatement('counter_added', (db, { rateLimits }, given: Holes<Added>) => {
  const { count, windowEndsAtMs } = rateLimits;
  const hasEnded = sql`(${windowEndsAtMs} <= ${given.nowMs} or ${windowEndsAtMs} > ${given.latestEndMs})`;
  return db
    .insert(rateLimits)
    .values({
      key: given.key,
      count: given.points,
      windowEndsAtMs: given.windowEndsAtMs,
    })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${hasEnded} then excluded.count else ${count} + excluded.count end`,
        windowEndsAtMs: sql`case when ${hasEnded} then excluded.window_ends_at_ms else ${windowEndsAtMs} end`,
      },
    })
    .returning();
});

export async function addToCounter(
  tx: Tx,
  { key, points, nowMs, windowMs }: { key: string; points: number; nowMs: number; windowMs: number },
): Promise<CounterRow> {
  const ends = { windowEndsAtMs: nowMs + windowMs, latestEndMs: latestEndMs(nowMs, windowMs) };
  const [row] = await tx.run(added, { key, points, nowMs, ...ends });
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

/** One statement, so that parallel tries are exact. Nothing while it must wait, and then nothing is counted. */
const turnTaken = writeStatement(
  'turn_taken',
  (db, { rateLimits }, given: Holes<{ key: string; nowMs: number; windowEndsAtMs: number }>) => {
    const nowMs = given.nowMs;
    const { count, windowEndsAtMs, waitUntilMs } = rateLimits;
    return db
      .insert(rateLimits)
      .values({
        key: given.key,
        count: 1,
        windowEndsAtMs: given.windowEndsAtMs,
        waitNoted: false,
      })
      .onConflictDoUpdate({
        target: rateLimits.key,
        set: {
          count: sql`case when ${windowEndsAtMs} <= ${nowMs} then 1 else ${count} + 1 end`,
          windowEndsAtMs: sql`excluded.window_ends_at_ms`,
          waitUntilMs: null,
          waitNoted: false,
        },
        setWhere: sql`${waitUntilMs} is null or ${waitUntilMs} <= ${nowMs}`,
      })
      .returning();
  },
);

/** Counts a try, and begins the wait that it costs; null while it must wait, and then nothing is counted. */
export async function takeTurn(
  tx: Tx,
  { key, free, waitsMs, quietMs }: Turn,
  nowMs: number,
): Promise<CounterRow | null> {
  const [row] = await tx.run(turnTaken, { key, nowMs, windowEndsAtMs: nowMs + quietMs });
  if (!row || row.count < free) return row ?? null;
  const waitUntilMs = nowMs + (waitsMs[row.count - free] ?? waitsMs.at(-1) ?? 0);
  const { rateLimits } = tx.tables;
  await tx.db.update(rateLimits).set({ waitUntilMs }).where(eq(rateLimits.key, key));
  return { ...row, waitUntilMs };
}

const turnGivenBack = writeStatement('turn_given_back', (db, { rateLimits }, given: Holes<{ key: string }>) =>
  db
    .update(rateLimits)
    .set({ count: sql`${rateLimits.count} - 1`, waitUntilMs: null })
    .where(and(eq(rateLimits.key, given.key), gt(rateLimits.count, 0))),
);

/** Takes one try back, and with it the wait that it may have begun. */
export async function giveTurnBack(tx: Tx, key: string): Promise<void> {
  await tx.run(turnGivenBack, { key });
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

const counterRemoved = writeStatement('counter_removed', (db, { rateLimits }, given: Holes<{ key: string }>) =>
  db.delete(rateLimits).where(eq(rateLimits.key, given.key)),
);

export async function removeCounter(tx: Tx, key: string): Promise<void> {
  await tx.run(counterRemoved, { key });
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
