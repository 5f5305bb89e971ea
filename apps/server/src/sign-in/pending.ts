import { accountId } from '@latchkey/schemas';
import * as z from 'zod/mini';

import type { AccountWithRoles } from '../accounts/index.ts';
import { sha256, type Sealer } from '../crypto/index.ts';
import { createOneUseTokens } from '../factors/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';

/** How long a person may look for the phone. */
export const PENDING_LIFETIME_MS = 10 * MINUTE_MS;

const METHODS = ['password', 'passkey', 'setup', 'sign_up', 'invitation', 'reset'] as const;
export type Method = (typeof METHODS)[number];

const pending = z.object({ accountId, method: z.enum(METHODS), passwordDigest: z.string() });
export type Pending = z.infer<typeof pending>;

/** A sign-in whose first step is done. It lives in a cookie of the browser that did it, and opens nothing but the next step [B02]. */
export function createPendings(needs: { sealer: Sealer; clock: Clock }) {
  return createOneUseTokens(needs, { purpose: 'pending sign-in', lifetimeMs: PENDING_LIFETIME_MS, content: pending });
}

export function pendingOf({ id, passwordHash }: AccountWithRoles, method: Method): Pending {
  return { accountId: id, method, passwordDigest: sha256(passwordHash ?? '') };
}

/** A password that was changed since the first step undoes that step. */
export function isStillProven(account: AccountWithRoles, { passwordDigest }: Pending): boolean {
  return sha256(account.passwordHash ?? '') === passwordDigest;
}
