import { createHash } from 'node:crypto';

import {
  ACCESS_TOKEN_TYPE,
  judgeToken,
  TokenExpired,
  TokenInvalid,
  verifySignature,
  type KeyFinder,
  type SignedToken,
} from '@latchkey/credentials';
import { LRUCache } from 'lru-cache';

import type { Caller } from './caller.ts';
import type { Settings } from './options.ts';
import { findProblem, GuardProblem } from './problems.ts';

type Claims = SignedToken['claims'];

/** Verifies access tokens offline: signature, type, issuer, audience, times. */
export function createAccessTokens(
  findKey: KeyFinder,
  { issuer, audience, whenAway, verifiedTokensMax, clock }: Settings,
) {
  /** By digest. What a signature vouches for can't change; all else is judged each time. */
  const verified = new LRUCache<string, SignedToken>({ max: verifiedTokensMax });

  async function judged(text: string): Promise<Claims> {
    const digest = createHash('sha256').update(text).digest('base64');
    const known = verified.get(digest);
    if (known && !(await isStillPublished(known.kid))) throw new TokenInvalid('key');
    const signed = known ?? (await verifySignature(text, findKey));
    const claims = judgeToken(signed, { issuer, audience, types: [ACCESS_TOKEN_TYPE], nowMs: clock() });
    verified.set(digest, signed);
    return claims;
  }

  async function isStillPublished(kid: string): Promise<boolean> {
    try {
      return (await findKey(kid)) !== undefined;
    } catch (error) {
      const isAway = findProblem(error)?.code === 'latchkey_unavailable';
      if (isAway && whenAway === 'acceptVerifiedTokens') return true;
      throw error;
    }
  }

  return async (text: string): Promise<Caller> => {
    try {
      return callerOf(await judged(text));
    } catch (error) {
      if (error instanceof TokenExpired) throw new GuardProblem('token_expired', { cause: error });
      if (error instanceof TokenInvalid) throw new GuardProblem('token_invalid', { cause: error });
      throw error;
    }
  };
}

function callerOf({ sub, jti, exp, sid, roles = [], scope = '' }: Claims): Caller {
  return {
    id: sub,
    roles,
    permissions: scope.split(' ').filter(Boolean),
    credential: { kind: 'access_token', id: jti, expiresAtMs: exp * 1000, sessionId: sid ?? null },
  };
}
