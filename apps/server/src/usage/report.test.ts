import { OUTCOMES, type ApiKeyId, type Counts, type UsageRange } from '@latchkey/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS } from '../time/index.ts';
import { activityOf, reportOf, startOf, suggestionOf } from './report.ts';
import type { PermissionsSum } from './rows.ts';

const KEY = 'a'.repeat(22) as ApiKeyId;
const NOW_MS = Date.UTC(2026, 10, 27, 12, 34);
const RANGES: readonly UsageRange[] = ['24h', '7d', '30d', '90d'];

const row = fc.record({
  atMs: fc.nat(100 * 24).map((hours) => NOW_MS - (NOW_MS % HOUR_MS) - hours * HOUR_MS),
  procedure: fc.constantFrom('me.get', 'audit.list', 'verified'),
  permissions: fc.constantFrom('', 'audit:read', 'audit:read users:read'),
  ok: fc.nat(1_000),
  denied: fc.nat(1_000),
  limited: fc.nat(1_000),
  failed: fc.nat(1_000),
});

function sumOf(all: readonly Counts[]): number[] {
  return OUTCOMES.map((outcome) => all.reduce((sum, each) => sum + each[outcome], 0));
}

describe('a report', () => {
  it('says the same in its picture, its table and its totals, whatever was counted', () => {
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom(...RANGES), (hours, range) => {
        const { buckets, procedures, totals } = reportOf(range, hours, NOW_MS);
        const counted = sumOf(hours.filter(({ atMs }) => atMs >= startOf(range, NOW_MS)));
        expect([sumOf(buckets), sumOf(procedures), sumOf([totals])]).toEqual([counted, counted, counted]);
      }),
    );
  });

  it.each([
    ['24h', 24, HOUR_MS],
    ['7d', 168, HOUR_MS],
    ['30d', 30, DAY_MS],
    ['90d', 90, DAY_MS],
  ] as const)('of %s has every part of it, up to the present one', (range, parts, unitMs) => {
    const { buckets } = reportOf(range, [], NOW_MS);
    const times = buckets.map(({ atMs }) => atMs);
    expect([times.length, times.at(-1)]).toEqual([parts, NOW_MS - (NOW_MS % unitMs)]);
    expect(times.slice(1).every((atMs, at) => atMs === (times[at] ?? 0) + unitMs)).toBe(true);
  });
});

describe('a suggestion', () => {
  it('names what no call relied on: without it, none would have been denied', () => {
    fc.assert(
      fc.property(fc.array(row), (hours) => {
        const { unused } = suggestionOf(['audit:read', 'users:read', 'roles:read'], hours, 0);
        const relying = hours.filter(({ permissions }) => permissions.split(' ').some((each) => unused.includes(each)));
        expect(sumOf(relying)).toEqual([0, 0, 0, 0]);
        expect(unused).toContain('roles:read');
      }),
    );
  });

  it('says how many calls relied on each, a call on several for each of them', () => {
    const sums: PermissionsSum[] = [
      { permissions: 'audit:read users:read', ok: 2, denied: 0, limited: 0, failed: 1 },
      { permissions: 'audit:read', ok: 4, denied: 0, limited: 0, failed: 0 },
    ];
    expect(suggestionOf(['users:read', 'audit:read', 'roles:read'], sums, 5)).toEqual({
      permissions: [
        { permission: 'users:read', calls: 3 },
        { permission: 'audit:read', calls: 7 },
        { permission: 'roles:read', calls: 0 },
      ],
      unused: ['roles:read'],
      calls: 7,
      sinceMs: 5,
    });
  });
});

describe('the activity of keys', () => {
  it('has each of thirty days for each of them', () => {
    const dayMs = NOW_MS - (NOW_MS % DAY_MS);
    const days = [{ apiKeyId: KEY, dayMs, ok: 1, denied: 2, limited: 3, failed: 4 }];
    const other = 'b'.repeat(22) as ApiKeyId;
    const none = Array.from({ length: 30 }, () => 0);
    expect(activityOf([KEY, other], days, NOW_MS)).toEqual([
      { id: KEY, calls: [...none.slice(1), 10], denied: [...none.slice(1), 2] },
      { id: other, calls: none, denied: none },
    ]);
  });
});
