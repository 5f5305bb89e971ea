import type { ProblemCode } from '@latchkey/schemas';

const EXPIRED = { error: 'invalid_token', error_description: 'Token expired' };
const INVALID = { error: 'invalid_token', error_description: 'Invalid token' };

const CHALLENGES: Partial<Record<ProblemCode, Record<string, string>>> = {
  token_expired: EXPIRED,
  token_invalid: INVALID,
  api_key_expired: EXPIRED,
  api_key_invalid: INVALID,
  api_key_revoked: INVALID,
  permission_missing: { error: 'insufficient_scope' },
  credential_not_accepted: { error: 'insufficient_scope' },
  fresh_sign_in_needed: { error: 'insufficient_user_authentication' },
  factor_required: { error: 'insufficient_user_authentication' },
};

/**
 * What `WWW-Authenticate` says of a refusal (RFC 6750 section 3). Without a credential it names no error; RFC 9470 asks for
 * a fresh sign-in by `maxAgeSeconds`.
 */
export function challengeOf(
  code: ProblemCode,
  { missing = [], maxAgeSeconds }: { missing?: readonly string[] | undefined; maxAgeSeconds?: number | undefined } = {},
): string {
  const parameters = {
    realm: 'latchkey',
    ...CHALLENGES[code],
    ...scopeOf(missing),
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
  };
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}

/** Permissions alone are scopes; a missing role or kind of credential isn't. */
function scopeOf(missing: readonly string[]): { scope?: string } {
  const scopes = missing.filter((each) => /^[a-z0-9_]+:[a-z0-9_]+$/.test(each));
  return scopes.length > 0 ? { scope: scopes.join(' ') } : {};
}
