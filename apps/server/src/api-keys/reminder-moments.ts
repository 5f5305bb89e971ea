import { DAY_MS } from '../time/index.ts';

/** So many days before a key ends, whoever can replace it is mailed. */
export const DAYS_BEFORE = [14, 3, 1] as const;

/** The next such moment, or null where none is left. A key for a week is told of 3 days before first. */
export function nextReminderMs(expiresAtMs: number | null, nowMs: number): number | null {
  if (expiresAtMs === null) return null;
  const moments = DAYS_BEFORE.map((days) => expiresAtMs - days * DAY_MS);
  return moments.find((moment) => moment > nowMs) ?? null;
}
