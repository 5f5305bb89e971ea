import * as z from 'zod/mini';

import { apiKeyId } from './ids.ts';
import { timeMs, wholeNumber } from './text.ts';

/** What came of a call: it went well, its credential or permission was refused, it was over a limit, or it failed otherwise. */
export const OUTCOMES = ['ok', 'denied', 'limited', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** So many calls in each day, week (from Monday) or month, in UTC. */
export const quota = z.strictObject({
  limit: wholeNumber(1, 1_000_000_000),
  per: z.enum(['day', 'week', 'month']),
});
export type Quota = z.infer<typeof quota>;

/** The last 24 hours and 7 days by the hour, the last 30 and 90 days by the day; the present one is the last of them. */
export const usageRange = z.enum(['24h', '7d', '30d', '90d']);
export type UsageRange = z.infer<typeof usageRange>;

const counts = { ok: z.int(), denied: z.int(), limited: z.int(), failed: z.int() };
export type Counts = Record<Outcome, number>;

export const usageInput = z.strictObject({ id: apiKeyId, range: z._default(usageRange, '30d') });
/** The same calls three times: by time, by what was called, and all together. */
export const usage = z.object({
  range: usageRange,
  unit: z.enum(['hour', 'day']),
  /** Every hour or day of the range, named by its start; days are UTC's. */
  buckets: z.array(z.object({ atMs: timeMs, ...counts })),
  /** Those called most come first. `verified`: a service was handed the key and asked about it. */
  procedures: z.array(z.object({ procedure: z.string(), ...counts })),
  totals: z.object(counts),
  /** What is left, and when all of it is there again. */
  quota: z.nullable(z.object({ limit: z.int(), per: quota.shape.per, left: z.int(), refillsAtMs: timeMs })),
});
export type Usage = z.infer<typeof usage>;

/** The latest fifty networks and programs that a key was used from, the latest first. */
export const sourceList = z.object({
  items: z.array(
    z.object({
      network: z.string(),
      agent: z.string(),
      calls: z.int(),
      firstSeenAtMs: timeMs,
      lastSeenAtMs: timeMs,
      /** When the secret that the last rotation replaced was used from there; null when it wasn't. */
      oldSecretAtMs: z.nullable(timeMs),
    }),
  ),
});
export type SourceList = z.infer<typeof sourceList>;

export const SUGGESTION_DAYS = 30;
/** What a key relied on in the last 30 days. */
export const suggestion = z.object({
  /** Calls that relied on each of its permissions. */
  permissions: z.array(z.object({ permission: z.string(), calls: z.int() })),
  /** Those that none relied on; without them, none of the calls would have been denied. */
  unused: z.array(z.string()),
  /** How many calls there were. */
  calls: z.int(),
  /** Since when it is known: the key may be younger than 30 days. */
  sinceMs: timeMs,
});
export type Suggestion = z.infer<typeof suggestion>;

export const ACTIVITY_DAYS = 30;
export const activityInput = z.strictObject({ ids: z.array(apiKeyId).check(z.maxLength(100)) });
/** The last 30 days of several keys, oldest day first, in UTC. */
export const activityList = z.object({
  items: z.array(z.object({ id: apiKeyId, calls: z.array(z.int()), denied: z.array(z.int()) })),
});
export type Activity = z.infer<typeof activityList>['items'][number];
