import type { Storage, Tx } from '../storage/index.ts';
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

/** How often something may be counted in a window that starts with the first time. */
export type Counter = { key: string; limit: number; windowMs: number };

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

  /** Who is over the limit only reads, so that a storm of attempts isn't a storm of writes. */
  async function refusalOf({ key, limit }: Pick<Counter, 'key' | 'limit'>, points: number): Promise<Taken | null> {
    const open = await findOpen(key);
    return open && open.count > limit ? judge(open.count + points, limit, open.windowEndsAtMs) : null;
  }

  async function add(tx: Tx, { key, limit, windowMs }: Counter, points: number): Promise<Taken> {
    const { count, windowEndsAtMs } = await rows.addToCounter(tx, { key, points, nowMs: clock(), windowMs });
    return judge(count, limit, windowEndsAtMs);
  }

  async function sweepNowAndThen(): Promise<void> {
    if (clock() - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = clock();
    await storage.transact((tx) => rows.removeEnded(tx, clock(), SWEPT_AT_ONCE));
  }

  return {
    /**
     * Counts, and says whether that was still within the limit. In a transaction of its own: an attempt that fails afterwards
     * stays counted [B24].
     */
    async take(key: string, limit: number, windowMs: number, points = 1): Promise<Taken> {
      const refusal = await refusalOf({ key, limit }, points);
      if (refusal) return refusal;
      await sweepNowAndThen();
      return storage.transact((tx) => add(tx, { key, limit, windowMs }, points));
    },

    /** Counts one on each, as `take` does but in one transaction, up to the first that is over its limit: that one, or null. */
    async takeAll<Named extends Counter>(counters: readonly Named[]): Promise<(Taken & { counter: Named }) | null> {
      for (const counter of counters) {
        const refusal = await refusalOf(counter, 1);
        if (refusal) return { ...refusal, counter };
      }
      await sweepNowAndThen();
      return storage.transact(async (tx) => {
        for (const counter of counters) {
          const taken = await add(tx, counter, 1);
          if (!taken.allowed) return { ...taken, counter };
        }
        return null;
      });
    },

    /** Takes back what was counted, in the caller's transaction. */
    async giveBack(tx: Tx, counter: Counter, points = 1): Promise<void> {
      await add(tx, counter, -points);
    },

    /** Forgets what was counted, in the caller's transaction. */
    forget: (tx: Tx, key: string): Promise<void> => rows.removeCounter(tx, key),

    /** Whether one more would be allowed, without counting it. */
    async peek(key: string, limit: number): Promise<Taken> {
      const open = await findOpen(key);
      return judge((open?.count ?? 0) + 1, limit, open?.windowEndsAtMs ?? clock());
    },
  };
}

export type RateLimits = ReturnType<typeof createRateLimits>;
