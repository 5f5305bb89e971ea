import * as z from 'zod/mini';

import { accountId, apiKeyId, denialId } from './ids.ts';
import { DENIAL_CODES } from './problems.ts';
import { line, pageInput, pageOf, timeMs } from './text.ts';

/** A refused guard, as it was kept: who, what, with which credential, from where and when. */
export const keptDenial = z.object({
  id: denialId,
  atMs: timeMs,
  code: z.enum(DENIAL_CODES),
  procedure: z.string(),
  missing: z.array(z.string()),
  wouldBeEnough: z.array(z.string()),
  account: z.object({ kind: z.enum(['person', 'service', 'app']), id: z.string(), name: z.string() }),
  credential: z.object({ kind: z.enum(['session', 'access_token', 'api_key']), id: z.string() }),
  /** The key that was used, itself or by a token that it asked for. */
  apiKeyId: z.nullable(apiKeyId),
  address: z.nullable(z.string()),
  userAgent: z.string(),
  requestId: z.nullable(z.string()),
});
export type KeptDenial = z.infer<typeof keptDenial>;
export const denialPage = pageOf(keptDenial);
export const denialListInput = z.strictObject({
  ...pageInput,
  accountId: z.optional(accountId),
  apiKeyId: z.optional(apiKeyId),
  /** What was missing: a permission, a role, `credential` or `fresh_sign_in`. */
  missing: z.optional(line(100)),
});
export const denialInput = z.strictObject({ id: denialId });
