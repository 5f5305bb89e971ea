import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, startLooks, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';

const LOOK_EVERY_MS = 2 * SECOND_MS;
const TOLD_AT_ONCE = 20;
/** How long after each try the next one is due. After the last of them nobody tries any more. */
const WAITS_MS = [10 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

export type SignOutsNeeds = {
  storage: Storage;
  clock: Clock;
  tell: (notice: rows.NoticeRow) => Promise<void>;
  /** An app that didn't hear it this time. */
  onUntold: (error: unknown, notice: rows.NoticeRow) => void;
  onFailure: (error: unknown) => void;
};

/**
 * Tells apps of the sessions that ended, after they did: no request waits for it. What is to be told is a row, so that it isn't
 * lost when the server ends, and that one of several instances tells it. An app may be told twice, never half.
 */
export function createSignOuts({ storage, clock, tell, onUntold, onFailure }: SignOutsNeeds) {
  const nextTryAtMs = ({ tries }: rows.NoticeRow) => clock() + (WAITS_MS[tries] ?? 0);

  async function take(): Promise<rows.NoticeRow[]> {
    // Most looks find nothing, and shouldn't cost a write.
    if ((await rows.listDueNotices(storage.read, clock(), 1)).length === 0) return [];
    return storage.transact(async (tx) => {
      const taken: rows.NoticeRow[] = [];
      for (const notice of await rows.listDueNotices(tx, clock(), TOLD_AT_ONCE)) {
        if (await rows.takeTry(tx, notice, nextTryAtMs(notice))) taken.push({ ...notice, tries: notice.tries + 1 });
      }
      return taken;
    });
  }

  async function attempt(notice: rows.NoticeRow): Promise<void> {
    const isHeard = await tell(notice).then(
      () => true,
      (error: unknown) => {
        onUntold(error, notice);
        return false;
      },
    );
    if (isHeard || notice.tries >= WAITS_MS.length) await storage.transact((tx) => rows.deleteNotice(tx, notice.sid));
  }

  async function look(): Promise<void> {
    for (;;) {
      const notices = await take();
      if (notices.length === 0) return;
      await Promise.all(notices.map(attempt));
    }
  }

  return startLooks({ everyMs: LOOK_EVERY_MS, look, onFailure });
}
