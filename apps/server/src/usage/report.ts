import {
  ACTIVITY_DAYS,
  OUTCOMES,
  SUGGESTION_DAYS,
  type Activity,
  type ApiKeyId,
  type Counts,
  type Suggestion,
  type Usage,
  type UsageRange,
} from '@latchkey/schemas';

import { DAY_MS, HOUR_MS } from '../time/index.ts';
import { noCounts } from './gathering.ts';
import type { DayRow, PermissionsSum, ProcedureSum } from './rows.ts';

const RANGES = {
  '24h': { unit: 'hour', unitMs: HOUR_MS, units: 24 },
  '7d': { unit: 'hour', unitMs: HOUR_MS, units: 7 * 24 },
  '30d': { unit: 'day', unitMs: DAY_MS, units: 30 },
  '90d': { unit: 'day', unitMs: DAY_MS, units: 90 },
} as const satisfies Record<UsageRange, object>;

/** By how long a time its calls are added up. */
export const unitOf = (range: UsageRange): number => RANGES[range].unitMs;

/** When the range's first hour or day begins; the present one is its last. */
export function startOf(range: UsageRange, nowMs: number): number {
  const { unitMs, units } = RANGES[range];
  return nowMs - (nowMs % unitMs) - (units - 1) * unitMs;
}

/** Picture, table and totals out of the same rows, so that they agree. */
export function reportOf(range: UsageRange, sums: readonly ProcedureSum[], nowMs: number): Omit<Usage, 'quota'> {
  const { unit, unitMs, units } = RANGES[range];
  const firstMs = startOf(range, nowMs);
  const buckets = Array.from({ length: units }, (_, at) => ({ atMs: firstMs + at * unitMs, ...noCounts() }));
  const procedures = new Map<string, Counts>();
  const totals = noCounts();
  for (const row of sums) {
    const bucket = buckets[Math.floor((row.atMs - firstMs) / unitMs)];
    if (bucket === undefined) continue;
    const ofProcedure = procedures.get(row.procedure) ?? noCounts();
    procedures.set(row.procedure, ofProcedure);
    for (const sum of [bucket, ofProcedure, totals]) addCounts(sum, row);
  }
  return { range, unit, buckets, procedures: mostCalledFirst(procedures), totals };
}

function addCounts(to: Counts, added: Counts): void {
  for (const outcome of OUTCOMES) to[outcome] += added[outcome];
}

function callsOf(counts: Counts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

function mostCalledFirst(procedures: ReadonlyMap<string, Counts>): Usage['procedures'] {
  return [...procedures]
    .map(([procedure, counts]) => ({ procedure, ...counts }))
    .toSorted((a, b) => callsOf(b) - callsOf(a) || (a.procedure < b.procedure ? -1 : 1));
}

/** When the time begins that a suggestion looks at. */
export function suggestionStart(nowMs: number): number {
  return nowMs - (nowMs % HOUR_MS) - SUGGESTION_DAYS * DAY_MS;
}

export function suggestionOf(
  permissions: readonly string[],
  sums: readonly PermissionsSum[],
  sinceMs: number,
): Suggestion {
  const calls = new Map(permissions.map((permission) => [permission, 0]));
  for (const row of sums) {
    for (const permission of row.permissions.split(' ')) {
      const before = calls.get(permission);
      if (before !== undefined) calls.set(permission, before + callsOf(row));
    }
  }
  const used = [...calls].map(([permission, count]) => ({ permission, calls: count }));
  return {
    permissions: used,
    unused: used.filter((each) => each.calls === 0).map(({ permission }) => permission),
    calls: sums.reduce((sum, row) => sum + callsOf(row), 0),
    sinceMs,
  };
}

export function activityStart(nowMs: number): number {
  return nowMs - (nowMs % DAY_MS) - (ACTIVITY_DAYS - 1) * DAY_MS;
}

/** The days of each key, those without a call too. */
export function activityOf(ids: readonly ApiKeyId[], days: readonly DayRow[], nowMs: number): Activity[] {
  const firstMs = activityStart(nowMs);
  const empty = () => Array.from({ length: ACTIVITY_DAYS }, () => 0);
  const found = new Map(ids.map((id) => [id, { id, calls: empty(), denied: empty() }]));
  for (const row of days) {
    const at = (row.dayMs - firstMs) / DAY_MS;
    const activity = found.get(row.apiKeyId);
    if (activity === undefined || at >= ACTIVITY_DAYS) continue;
    activity.calls[at] = callsOf(row);
    activity.denied[at] = row.denied;
  }
  return [...found.values()];
}
