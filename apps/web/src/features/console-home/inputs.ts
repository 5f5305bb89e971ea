import { DAY_MS } from '../../words/time-words.ts';

export const SOON_DAYS = 14;
const MOST_SHOWN = 100;
const HOUR_MS = DAY_MS / 24;

/** To the hour, so that the route's loader and the page ask for the same. */
export function expiringInput(nowMs: number) {
  const hourMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  return { status: 'active', expiresBeforeMs: hourMs + SOON_DAYS * DAY_MS, limit: MOST_SHOWN } as const;
}

export const ALERTS_INPUT = { status: 'open', limit: 5 } as const;
export const NEWEST_INPUT = { limit: 8 } as const;
export const ANY_KEY_INPUT = { limit: 1 } as const;
/** Oneself, and one more. */
export const ANY_PERSON_INPUT = { limit: 2 } as const;
