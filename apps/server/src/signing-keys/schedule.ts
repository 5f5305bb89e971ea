import { DAY_MS, HOUR_MS } from '../time/index.ts';

/** How long a key signs. */
export const SIGNS_FOR_MS = 30 * DAY_MS;
/** How long a key is published before it signs, so that whoever keeps a copy of the set has it in time. */
const PUBLISHED_BEFORE_MS = HOUR_MS;
/** How long it is published afterwards: four times what the longest-lived token has, and the clocks' differences. */
export const PUBLISHED_AFTER_MS = HOUR_MS;
/** How long after that the ID tokens of an RSA key are still taken as hints: as long as the session that they tell of may last. */
const VERIFIES_HINTS_AFTER_MS = 30 * DAY_MS;

/** A key's life. Its part (next, current, previous) follows from the time alone, so all instances agree on it without a word. */
export type KeyTimes = { kid: string; createdAtMs: number; activeFromMs: number; removedFromMs: number | null };

/** The key that signs now: the one that became active last. */
export function currentOf<Key extends KeyTimes>(keys: readonly Key[], nowMs: number): Key | undefined {
  return byActivity(keys).findLast((key) => key.activeFromMs <= nowMs);
}

/** The key that signs next. */
export function nextOf<Key extends KeyTimes>(keys: readonly Key[], nowMs: number): Key | undefined {
  return byActivity(keys).find((key) => key.activeFromMs > nowMs);
}

/** Of a published key among all of its algorithm. */
export function statusOf(key: KeyTimes, keys: readonly KeyTimes[], nowMs: number): 'next' | 'current' | 'previous' {
  if (key.activeFromMs > nowMs) return 'next';
  return key.kid === currentOf(keys, nowMs)?.kid ? 'current' : 'previous';
}

export function isPublished({ removedFromMs }: KeyTimes, nowMs: number): boolean {
  return removedFromMs === null || removedFromMs > nowMs;
}

/**
 * Whether a key is of use to this server: published, or such that an app may still show an ID token of it as a hint, however long
 * that has expired (OpenID Connect RP-Initiated Logout 1.0 section 4).
 */
export function isKept(key: KeyTimes & { algorithm: 'ES256' | 'RS256' }, nowMs: number): boolean {
  return isPublished(key, key.algorithm === 'RS256' ? nowMs - VERIFIES_HINTS_AFTER_MS : nowMs);
}

/** When a key that is made now takes over from the current one. */
export function takesOverAtMs(current: KeyTimes, nowMs: number): number {
  return Math.max(current.activeFromMs + SIGNS_FOR_MS, nowMs + PUBLISHED_BEFORE_MS);
}

/** The soonest that a key may sign. */
export function soonestAtMs(next: KeyTimes, nowMs: number): number {
  return Math.max(nowMs, next.createdAtMs + PUBLISHED_BEFORE_MS);
}

/** Two instances that start at once on an empty database may both make keys; by its id, one of two as old comes last for both. */
function byActivity<Key extends KeyTimes>(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => a.activeFromMs - b.activeFromMs || (a.kid < b.kid ? -1 : 1));
}
