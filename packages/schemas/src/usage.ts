import * as z from 'zod/mini';

import { wholeNumber } from './text.ts';

/** What came of a call: it went well, its credential or permission was refused, it was over a limit, or it failed otherwise. */
export const OUTCOMES = ['ok', 'denied', 'limited', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** So many calls in each day, week (from Monday) or month, in UTC. */
export const quota = z.strictObject({
  limit: wholeNumber(1, 1_000_000_000),
  per: z.enum(['day', 'week', 'month']),
});
export type Quota = z.infer<typeof quota>;
