import { createDeliveries, queueOf } from '../deliveries/index.ts';
import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import type { NoticeRow } from './rows.ts';

export type SignOutsNeeds = {
  storage: Storage;
  clock: Clock;
  tell: (notice: NoticeRow) => Promise<void>;
  /** An app that didn't hear it this time. */
  onUntold: (error: unknown, notice: NoticeRow) => void;
  onFailure: (error: unknown) => void;
};

/** Tells apps of the sessions that ended, after they did. */
export function createSignOuts({ tell, onUntold, ...needs }: SignOutsNeeds) {
  return createDeliveries({
    ...needs,
    queue: queueOf('signOutNotices'),
    waitsMs: [10 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS],
    deliver: tell,
    onUndelivered: onUntold,
  });
}
