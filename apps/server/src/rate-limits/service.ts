import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import * as rows from './rows.ts';
import { createSweep } from './sweep.ts';
import { createTurns } from './turns.ts';

export type Taken = {
  allowed: boolean;
  /** What has been counted in this window, this time included: the first one refused sees the limit plus one. */
  count: number;
  /** How long until the window ends; 0 where it is allowed. */
  retryAfterMs: number;
};

/** Counters in the database, so that they outlive a restart and hold for all instances together. */
export function createRateLimits({ storage, clock }: { storage: Storage; clock: Clock }) {
  const sweep = createSweep(storage, clock);

  function judge(count: number, limit: number, windowEndsAtMs: number): Taken {
    const allowed = count <= limit;
    return { allowed, count, retryAfterMs: allowed ? 0 : Math.max(0, windowEndsAtMs - clock()) };
  }

  /** Who is over the limit only reads, so that a storm of attempts isn't a storm of writes. */
  async function findRefusal(key: string, limit: number, windowMs: number, points: number): Promise<Taken | null> {
    const row = await rows.findCounter(storage.read, key);
    if (row === null || row.count <= limit || !rows.isOpen(row, clock(), windowMs)) return null;
    return judge(row.count + points, limit, row.windowEndsAtMs);
  }

  return {
    /**
     * Counts, and says whether that was still within the limit. In a transaction of its own: an attempt that fails afterwards
     * stays counted [B24].
     */
    async take(key: string, limit: number, windowMs: number, points = 1): Promise<Taken> {
      const refusal = await findRefusal(key, limit, windowMs, points);
      if (refusal) return refusal;
      await sweep();
      const { count, windowEndsAtMs } = await storage.transact((tx) =>
        rows.addToCounter(tx, { key, points, nowMs: clock(), windowMs }),
      );
      return judge(count, limit, windowEndsAtMs);
    },

    /** Counts in the caller's transaction, and gives the count: for what limits nobody. */
    async add(tx: Tx, key: string, windowMs: number, points: number): Promise<number> {
      return (await rows.addToCounter(tx, { key, points, nowMs: clock(), windowMs })).count;
    },

    turns: createTurns({ storage, clock, sweep }),
  };
}

export type RateLimits = ReturnType<typeof createRateLimits>;
