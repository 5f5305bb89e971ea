import type { Quota } from '@latchkey/schemas';

import { DAY_MS } from '../time/index.ts';

/** 1970-01-01 was a Thursday, so the first Monday came four days later. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;

/** When the period ends that this moment is in, which is when the quota refills: midnight, Monday or the first of the month, in UTC. */
export function periodEndMs(per: Quota['per'], atMs: number): number {
  if (per === 'day') return (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
  if (per === 'week') return FIRST_MONDAY_MS + (Math.floor((atMs - FIRST_MONDAY_MS) / WEEK_MS) + 1) * WEEK_MS;
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
}
