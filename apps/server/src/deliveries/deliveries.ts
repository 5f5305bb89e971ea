import type { Storage } from '../storage/index.ts';
import { SECOND_MS, startLooks, type Clock } from '../time/index.ts';
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
  deliver: (row: Row) => Promise<void>;
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
  let isClosing = false;
  const nextTryAtMs = ({ tries }: Row) => clock() + (waitsMs[tries] ?? waitsMs.at(-1) ?? 0);

  async function take(): Promise<Row[]> {
    // Most looks find nothing, and shouldn't cost a write.
    if (isClosing || (await queue.listDue(storage.read, clock(), 1)).length === 0) return [];
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
      await deliver(row);
      return true;
    } catch (error) {
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
      await Promise.all(rows.map(deal));
    }
  }

  const looks = startLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
  return {
    look: looks.look,
    /** Waits for the tries that are under way. What else is due is left to the next start. */
    async close(): Promise<void> {
      isClosing = true;
      await looks.close();
    },
  };
}
