import type { Storage } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';

const SWEEP_EVERY_MS = 10 * SECOND_MS;
const SWEPT_AT_ONCE = 2_000;

export type Taken = {
  allowed: boolean;
  /** What has been counted in this window, this time included: the first one refused sees the limit plus one. */
  count: number;
  /** How long until the window ends; 0 where it is allowed. */
  retryAfterMs: number;
};

/** Counters in the database, so that they outlive a restart and hold for all instances together. */
export function createRateLimits({ storage, clock }: { storage: Storage; clock: Clock }) {
  const findCounter = rows.prepareFindCounter(storage);
  let sweptAtMs = -Infinity;

  async function findOpen(key: string): Promise<rows.CounterRow | null> {
    const row = await findCounter(key);
    return row && row.windowEndsAtMs > clock() ? row : null;
  }

  function judge(count: number, limit: number, windowEndsAtMs: number): Taken {
    const allowed = count <= limit;
    return { allowed, count, retryAfterMs: allowed ? 0 : Math.max(0, windowEndsAtMs - clock()) };
  }

  async function sweepNowAndThen(): Promise<void> {
    if (clock() - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = clock();
    await storage.transact((tx) => rows.removeEnded(tx, clock(), SWEPT_AT_ONCE));
  }

  return {
    /**
     * Counts, and says whether that was still within the limit. In a transaction of its own: an attempt that fails afterwards
     * stays counted [B24]. The window starts with its first count. Negative points give back.
     */
    async take(key: string, limit: number, windowMs: number, points = 1): Promise<Taken> {
      const open = await findOpen(key);
      // Who is over the limit only reads, so that a storm of attempts isn't a storm of writes.
      if (open && open.count > limit && points > 0) return judge(open.count + points, limit, open.windowEndsAtMs);
      await sweepNowAndThen();
      const added = { key, points, nowMs: clock(), windowMs };
      const { count, windowEndsAtMs } = await storage.transact((tx) => rows.addToCounter(tx, added));
      return judge(count, limit, windowEndsAtMs);
    },

    /** Whether one more would be allowed, without counting it. */
    async peek(key: string, limit: number): Promise<Taken> {
      const open = await findOpen(key);
      return judge((open?.count ?? 0) + 1, limit, open?.windowEndsAtMs ?? clock());
    },

    /** Forgets what was counted. */
    async reset(key: string): Promise<void> {
      if (await findCounter(key)) await storage.transact((tx) => rows.removeCounter(tx, key));
    },
  };
}

export type RateLimits = ReturnType<typeof createRateLimits>;
