import * as z from 'zod/mini';

import { permissionSet } from './permissions.ts';
import { timeMs, wholeNumber } from './text.ts';

/** The default is this server; a permission that isn't named isn't in the token, and none named means all that the caller has. */
export const createTokenInput = z.strictObject({
  audience: z.optional(z.url().check(z.maxLength(300))),
  permissions: z.optional(permissionSet),
  ttlSeconds: z._default(wholeNumber(1, 900), 300),
});
export const createdToken = z.object({ accessToken: z.string(), expiresAtMs: timeMs });
