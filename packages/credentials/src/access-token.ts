import { accessTokenClaims, type AccessTokenClaims } from '@latchkey/schemas';
import type { CryptoKey, JWK, KeyObject } from 'jose';
import { JOSEError } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';

import { TokenExpired, TokenInvalid } from './token-problems.ts';

/** What access tokens call themselves (RFC 9068 section 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** RFC 8725 section 3.1: an allow-list, so that `none` and a public key used as an HMAC secret never get as far as a key. */
const ALGORITHM = 'ES256';
const MAX_TOKEN_LENGTH = 8192;

export type VerificationKey = CryptoKey | KeyObject | JWK;

/** Finds a published key by its id. What it throws reaches the caller as it is: an outage must not look like a bad token. */
export type KeyFinder = (kid: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>;

/** What a signature vouches for. It can't change, so it may be remembered; whether it is acceptable now is `judgeToken`'s question. */
export type SignedToken = { kid: string; type: string; claims: AccessTokenClaims };

/** What makes a signed token acceptable. */
export type Expectations = {
  issuer: string;
  audience: string;
  /** The `typ` values that the caller takes (RFC 8725 section 3.11). */
  types: readonly string[];
  nowMs: number;
  /** Whether it may be bound to a key: only for those who don't act by it, since nobody here asks for the key's proof. */
  mayBeBound?: boolean;
};

/**
 * Verifies an access token whole: canonical text, algorithm, signature, type, issuer, audience, times.
 * Throws `TokenExpired` when it is right in everything but its age, else `TokenInvalid`.
 */
export async function verifyAccessToken(
  text: string,
  { keys, ...expectations }: Expectations & { keys: KeyFinder },
): Promise<AccessTokenClaims> {
  return judgeToken(await verifySignature(text, keys), expectations);
}

/** The lasting half: that a key of ours signed these claims in this spelling. Throws `TokenInvalid`. */
export async function verifySignature(text: string, keys: KeyFinder): Promise<SignedToken> {
  const { kid, type } = readHeader(text);
  const key = await keys(kid);
  if (key === undefined) throw new TokenInvalid('key');
  const payload = await verifiedPayload(text, key);
  const claims = accessTokenClaims.safeParse(readJson(payload));
  if (!claims.success) throw new TokenInvalid('claims');
  return { kid, type, claims: claims.data };
}

/** The half that is asked again each time. Throws `TokenInvalid` or, only when all else holds, `TokenExpired`. */
export function judgeToken({ type, claims }: SignedToken, expected: Expectations): AccessTokenClaims {
  if (!expected.types.includes(type)) throw new TokenInvalid('type');
  if (claims.iss !== expected.issuer) throw new TokenInvalid('issuer');
  if (![claims.aud].flat().includes(expected.audience)) throw new TokenInvalid('audience');
  // RFC 9449 section 7.2: whoever took it from its owner would present it as a bearer token.
  if (claims['cnf'] !== undefined && expected.mayBeBound !== true) throw new TokenInvalid('bound');
  const nowSeconds = Math.floor(expected.nowMs / 1000);
  if (claims.nbf !== undefined && claims.nbf > nowSeconds) throw new TokenInvalid('not_yet');
  if (claims.exp <= nowSeconds) throw new TokenExpired();
  return claims;
}

function readHeader(text: string): { kid: string; type: string } {
  const header = readJson(Buffer.from(canonicalParts(text)[0], 'base64url'));
  if (header['alg'] !== ALGORITHM) throw new TokenInvalid('algorithm');
  // RFC 7515 section 4.1.11: an extension that isn't understood must be refused, and none is understood here.
  if ('crit' in header) throw new TokenInvalid('extension');
  if (typeof header['kid'] !== 'string') throw new TokenInvalid('key');
  if (typeof header['typ'] !== 'string') throw new TokenInvalid('type');
  return { kid: header['kid'], type: header['typ'] };
}

/** [B27] A lenient decoder skips spare bits, padding and spaces, which gives one token many spellings. */
function canonicalParts(text: string): [header: string, payload: string, signature: string] {
  if (text.length > MAX_TOKEN_LENGTH) throw new TokenInvalid('malformed');
  const [header, payload, signature, ...more] = text.split('.');
  if (!header || !payload || !signature || more.length > 0) throw new TokenInvalid('malformed');
  if (![header, payload, signature].every(isCanonical)) throw new TokenInvalid('malformed');
  return [header, payload, signature];
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

async function verifiedPayload(text: string, key: VerificationKey): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(text, key, { algorithms: [ALGORITHM] });
    return payload;
  } catch (error) {
    if (error instanceof JOSEError) throw new TokenInvalid('signature', error);
    throw error;
  }
}

function readJson(bytes: Uint8Array): Record<string, unknown> {
  const value = parseJson(new TextDecoder().decode(bytes));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenInvalid('malformed');
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new TokenInvalid('malformed', error);
    throw error;
  }
}
