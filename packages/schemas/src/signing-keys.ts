import * as z from 'zod/mini';

import { timeMs } from './text.ts';

/** A published key: one that will sign, the one that signs now, or one that signed and still verifies. */
export const signingKey = z.object({
  kid: z.string(),
  algorithm: z.enum(['ES256', 'RS256']),
  status: z.enum(['next', 'current', 'previous']),
  createdAtMs: timeMs,
  /** Since when it signs, or from when on. */
  activeFromMs: timeMs,
  /** From when on it isn't published any more. Null: that isn't known yet. */
  removedFromMs: z.nullable(timeMs),
});
export type SigningKey = z.infer<typeof signingKey>;
export const signingKeyList = z.object({ items: z.array(signingKey) });
export const rotatedSigningKey = z.pick(signingKey, { kid: true, activeFromMs: true });
