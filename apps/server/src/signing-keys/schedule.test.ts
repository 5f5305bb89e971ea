import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS } from '../time/index.ts';
import { currentOf, isKept, isPublished, nextOf, type KeyTimes } from './schedule.ts';

const NOW_MS = 1_800_000_000_000;

function key(kid: string, activeFromMs: number, removedFromMs: number | null = null): KeyTimes {
  return { kid, createdAtMs: 0, activeFromMs, removedFromMs };
}

describe('the parts that keys play', () => {
  it('follow from the time: active last signs now, active soonest signs next', () => {
    const keys = [key('c', NOW_MS + 1), key('a', NOW_MS - 2), key('d', NOW_MS + 2), key('b', NOW_MS)];
    expect([currentOf(keys, NOW_MS)?.kid, nextOf(keys, NOW_MS)?.kid]).toEqual(['b', 'c']);
    expect([currentOf(keys, NOW_MS + 1)?.kid, nextOf(keys, NOW_MS + 1)?.kid]).toEqual(['c', 'd']);
    expect([currentOf(keys, NOW_MS - 3)?.kid, nextOf(keys, NOW_MS + 2)?.kid]).toEqual([undefined, undefined]);
  });

  it('are the same to everyone, in whatever order the database gives the keys', () => {
    const keys = [key('a', NOW_MS), key('b', NOW_MS), key('c', NOW_MS + 1), key('d', NOW_MS + 1)];
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: 4 }), (shuffled) => {
        expect([currentOf(shuffled, NOW_MS)?.kid, nextOf(shuffled, NOW_MS)?.kid]).toEqual(['b', 'c']);
      }),
    );
  });

  it('end at the very millisecond that was set', () => {
    expect(isPublished(key('a', 0), NOW_MS)).toBe(true);
    expect(isPublished(key('a', 0, NOW_MS + 1), NOW_MS)).toBe(true);
    expect(isPublished(key('a', 0, NOW_MS), NOW_MS)).toBe(false);
  });

  it('of an RSA key, which verifies hints, last a session’s time longer', () => {
    const kept = (algorithm: 'ES256' | 'RS256', agoMs: number) =>
      isKept({ ...key('a', 0, NOW_MS - agoMs), algorithm }, NOW_MS);
    expect([kept('ES256', -1), kept('ES256', 0)]).toEqual([true, false]);
    expect([kept('RS256', 30 * DAY_MS - 1), kept('RS256', 30 * DAY_MS)]).toEqual([true, false]);
  });
});
