import * as z from 'zod/mini';

import { permissionSet } from './permissions.ts';
import { audience } from './resources.ts';
import { timeMs, wholeNumber } from './text.ts';

/**
 * The default audience is this server. A permission that isn't named isn't in the token, and none named means all of the
 * audience's that the caller has.
 */
export const createTokenInput = z.strictObject({
  audience: z.optional(audience),
  permissions: z.optional(permissionSet),
  ttlSeconds: z._default(wholeNumber(1, 900), 300),
});
export const createdToken = z.object({ accessToken: z.string(), expiresAtMs: timeMs });

const seconds = z.int().check(z.gte(0));
const name = z.string().check(z.minLength(1), z.maxLength(500));
const oneOrMore = z.union([name, z.array(name).check(z.minLength(1), z.maxLength(20))]);

/** What an access token says (RFC 9068 section 2.2). Times are whole seconds since 1970-01-01 UTC, as RFC 7519 has them. */
export const accessTokenClaims = z.looseObject({
  iss: name,
  sub: name,
  aud: oneOrMore,
  exp: seconds,
  nbf: z.optional(seconds),
  iat: seconds,
  jti: name,
  client_id: z.optional(name),
  /** Permissions, with spaces between them (RFC 8693 section 4.2). */
  scope: z.optional(z.string()),
  /** The session that asked for the token. */
  sid: z.optional(z.string()),
  auth_time: z.optional(seconds),
  /** The account's roles when the token was made. */
  roles: z.optional(z.array(name).check(z.maxLength(100))),
});
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;
