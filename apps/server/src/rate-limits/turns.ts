import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import * as rows from './rows.ts';

export type { Turn } from './rows.ts';

/** Which of the counters makes wait, and how long. */
export type Wait<Counted extends rows.Turn> = { turn: Counted; retryAfterMs: number };

export type TurnsNeeds = {
  storage: Storage;
  clock: Clock;
  /** Called before counting. */
  sweep: () => Promise<void>;
};

/** Tries that cost more time the more there are. */
export function createTurns({ storage, clock, sweep }: TurnsNeeds) {
  /** Whoever has to wait only reads, so that a storm of tries isn't a storm of writes. */
  async function findWait<Counted extends rows.Turn>(turn: Counted): Promise<Wait<Counted> | null> {
    const untilMs = (await rows.findCounter(storage.read, turn.key))?.waitUntilMs ?? 0;
    return untilMs > clock() ? { turn, retryAfterMs: untilMs - clock() } : null;
  }

  async function firstWait<Counted extends rows.Turn>(turns: readonly Counted[]): Promise<Wait<Counted> | null> {
    for (const turn of turns) {
      const wait = await findWait(turn);
      if (wait) return wait;
    }
    return null;
  }

  return {
    /**
     * Counts a try on each, up to the first that makes it wait: that one, or null. In a transaction of its own: a try that
     * fails afterwards stays counted [B24].
     */
    async take<Counted extends rows.Turn>(turns: readonly Counted[]): Promise<Wait<Counted> | null> {
      const wait = await firstWait(turns);
      if (wait) return wait;
      await sweep();
      const refused = await storage.transact(async (tx) => {
        for (const turn of turns) if ((await rows.takeTurn(tx, turn, clock())) === null) return turn;
        return null;
      });
      // Another try was faster, and its wait has begun.
      return refused && ((await findWait(refused)) ?? { turn: refused, retryAfterMs: 0 });
    },

    /** Takes one try back, in the caller's transaction. */
    giveBack: (tx: Tx, key: string): Promise<void> => rows.giveTurnBack(tx, key),

    /** Forgets what was counted, in the caller's transaction. */
    forget: (tx: Tx, key: string): Promise<void> => rows.removeCounter(tx, key),

    /** True once in each wait. */
    async note(key: string): Promise<boolean> {
      if ((await rows.findCounter(storage.read, key))?.waitNoted !== false) return false;
      return storage.transact((tx) => rows.noteWait(tx, key));
    },
  };
}
