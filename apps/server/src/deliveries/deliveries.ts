import type { Storage } from '../storage/index.ts';
import { SECOND_MS, createLooks, type Clock } from '../time/index.ts';
import type { Queue } from './queue.ts';

const LOOK_EVERY_MS = 2 * SECOND_MS;
const DELIVERED_AT_ONCE = 20;

/** Whoever was told wants to hear no more of it: there is no next try. */
export class Unwanted extends Error {}

export type DeliveriesNeeds<Row extends { tries: number }> = {
  storage: Storage;
  clock: Clock;
  queue: Queue<Row>;
  /** The time between one try and the next. After the try that follows the last of them nobody tries any more. */
  waitsMs: readonly number[];
  /** `closing` ends a try that takes its time. */
  deliver: (row: Row, closing: AbortSignal) => Promise<void>;
  /** A try that failed. */
  onUndelivered: (error: unknown, row: Row, isLast: boolean) => void;
  onFailure: (error: unknown) => void;
};

/**
 * Delivers what waits in a queue, after what it is about: no request waits for it. It is a row, so that it isn't lost when
 * the server ends, and that one of several instances delivers it. It may be delivered twice, never half.
 */
export function createDeliveries<Row extends { tries: number }>(needs: DeliveriesNeeds<Row>) {
  const { storage, clock, queue, waitsMs, deliver, onUndelivered, onFailure } = needs;
  const closing = new AbortController();
  const nextTryAtMs = ({ tries }: Row) => clock() + (waitsMs[tries] ?? waitsMs.at(-1) ?? 0);

  async function take(): Promise<Row[]> {
    // Most looks find nothing, and shouldn't cost a write.
    if (closing.signal.aborted || (await queue.listDue(storage.read, clock(), 1)).length === 0) return [];
    return storage.transact(async (tx) => {
      const taken: Row[] = [];
      for (const row of await queue.listDue(tx, clock(), DELIVERED_AT_ONCE)) {
        if (await queue.takeTry(tx, row, nextTryAtMs(row))) taken.push({ ...row, tries: row.tries + 1 });
      }
      return taken;
    });
  }

  /** Whether nobody needs to try again. */
  async function attempt(row: Row): Promise<boolean> {
    try {
      await deliver(row, closing.signal);
      return true;
    } catch (error) {
      if (closing.signal.aborted) return false;
      const isLast = row.tries > waitsMs.length || error instanceof Unwanted;
      onUndelivered(error, row, isLast);
      return isLast;
    }
  }

  async function deal(row: Row): Promise<void> {
    if (await attempt(row)) await storage.transact((tx) => queue.remove(tx, row));
  }

  async function look(): Promise<void> {
    for (;;) {
      const rows = await take();
      if (rows.length === 0) return;
      const dealt = await Promise.allSettled(rows.map(deal));
      const failed = dealt.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }

  const looks = createLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
  return {
    look: looks.look,
    start: looks.start,
    /** Ends the tries that are under way, or waits for them where that can't be. What is due then is left to the next start. */
    async close(): Promise<void> {
      closing.abort();
      await looks.close();
    },
  };
}
