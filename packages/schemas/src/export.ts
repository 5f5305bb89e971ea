import * as z from 'zod/mini';

import { session, user } from './accounts.ts';
import { apiKey } from './api-keys.ts';
import { auditEntry } from './audit.ts';
import { timeMs } from './text.ts';

/** Everything that is kept about a person, but for what would open their account. */
export const exportedAccount = z.object({
  exportedAtMs: timeMs,
  account: z.extend(user, { emailVerifiedAtMs: z.nullable(timeMs) }),
  sessions: z.array(session),
  devices: z.array(
    z.object({ createdAtMs: timeMs, lastSignInAtMs: timeMs, userAgent: z.string(), network: z.string() }),
  ),
  apiKeys: z.array(apiKey),
  /** What they did and what was done to their account, newest first; the newest 5,000 of each. */
  activity: z.array(auditEntry),
});
export type ExportedAccount = z.infer<typeof exportedAccount>;
