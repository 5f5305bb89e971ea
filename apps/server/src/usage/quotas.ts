import type { ApiKeyId, Quota } from '@latchkey/schemas';

import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { periodEndMs } from './quota-period.ts';
import * as rows from './rows.ts';

/** Each instance takes this part of a quota at once, or one call where that is less. */
const TAKEN_AT_ONCE = 0.01;

/** More keys' parts than these aren't held at a time: the one taken first is then let go. */
const HELD_AT_MOST = 10_000;

/**
 * Counts calls on quotas. All instances together never let more through than the limit. To be cheap, an instance takes one
 * in a hundred of the quota from the database and hands it out from memory; what it holds when it is killed counts as
 * used, so a key may get up to 1 % less than its limit for each kill in a period, and one that is used at several
 * instances as much less for each of the others. A limit below 200 is counted call by call.
 */
export function createQuotas({ storage, clock }: { storage: Storage; clock: Clock }) {
  const held = new Map<ApiKeyId, { limit: number; periodEndsAtMs: number; left: number }>();
  const turns = new Map<ApiKeyId, Promise<void>>();

  function heldIn(id: ApiKeyId, periodEndsAtMs: number): number {
    const part = held.get(id);
    return part?.periodEndsAtMs === periodEndsAtMs ? part.left : 0;
  }

  function hold(id: ApiKeyId, limit: number, periodEndsAtMs: number, left: number): void {
    held.delete(id);
    if (left > 0) held.set(id, { limit, periodEndsAtMs, left });
    const [first] = held.keys();
    if (held.size > HELD_AT_MOST && first !== undefined) held.delete(first);
  }

  /** Counts them off what is held; false where that isn't enough. */
  function spend(id: ApiKeyId, limit: number, periodEndsAtMs: number, calls: number): boolean {
    const left = heldIn(id, periodEndsAtMs);
    if (left < calls) return false;
    hold(id, limit, periodEndsAtMs, left - calls);
    return true;
  }

  /** A part of a quota that was changed meanwhile is none of the new one. */
  async function giveBackOfOther(id: ApiKeyId, limit: number): Promise<void> {
    const part = held.get(id);
    if (part === undefined || part.limit === limit) return;
    held.delete(id);
    await storage.transact((tx) => rows.giveBack(tx, id, part.periodEndsAtMs, part.left));
  }

  /** Who has used up the quota only reads, so that a storm of calls isn't a storm of writes. */
  async function isUsedUp(id: ApiKeyId, limit: number, periodEndsAtMs: number): Promise<boolean> {
    return (await rows.findUsed(storage.read, id, periodEndsAtMs)) >= limit;
  }

  async function fetchMore(id: ApiKeyId, limit: number, periodEndsAtMs: number, calls: number): Promise<void> {
    if (await isUsedUp(id, limit, periodEndsAtMs)) return;
    const wanted = Math.max(calls, Math.floor(limit * TAKEN_AT_ONCE));
    const more = await storage.transact((tx) => rows.takeFromPeriod(tx, { id, periodEndsAtMs, limit, wanted }));
    hold(id, limit, periodEndsAtMs, heldIn(id, periodEndsAtMs) + more);
  }

  /** One after the other for each key, so that of a burst the first fetches for those that come with it. */
  async function inTurn<Result>(id: ApiKeyId, step: () => Promise<Result>): Promise<Result> {
    const before = turns.get(id);
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    turns.set(id, isOver);
    try {
      await before;
      return await step();
    } finally {
      if (turns.get(id) === isOver) turns.delete(id);
      end();
    }
  }

  return {
    /** Counts so many calls, all or none of them. */
    async take(
      id: ApiKeyId,
      { limit, per }: Quota,
      calls: number,
    ): Promise<{ allowed: boolean; retryAfterMs: number }> {
      const periodEndsAtMs = periodEndMs(per, clock());
      await giveBackOfOther(id, limit);
      const allowed =
        spend(id, limit, periodEndsAtMs, calls) ||
        (!(await isUsedUp(id, limit, periodEndsAtMs)) &&
          (await inTurn(id, async () => {
            await giveBackOfOther(id, limit);
            if (spend(id, limit, periodEndsAtMs, calls)) return true;
            await fetchMore(id, limit, periodEndsAtMs, calls);
            return spend(id, limit, periodEndsAtMs, calls);
          })));
      return { allowed, retryAfterMs: allowed ? 0 : periodEndsAtMs - clock() };
    },

    /** What is left of the quota, and when it refills. What other instances hold counts as used. */
    async stateOf(id: ApiKeyId, quota: Quota) {
      const refillsAtMs = periodEndMs(quota.per, clock());
      const used = (await rows.findUsed(storage.read, id, refillsAtMs)) - heldIn(id, refillsAtMs);
      return { ...quota, left: Math.max(0, quota.limit - used), refillsAtMs };
    },

    /** Gives back what is held, so that a restart costs nothing. */
    async close(): Promise<void> {
      const parts = [...held];
      held.clear();
      if (parts.length === 0) return;
      await storage.transact(async (tx) => {
        for (const [id, { periodEndsAtMs, left }] of parts) await rows.giveBack(tx, id, periodEndsAtMs, left);
      });
    },
  };
}

export type Quotas = ReturnType<typeof createQuotas>;
