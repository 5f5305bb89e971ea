import type { PermissionName } from '@latchkey/schemas';

import { COMMAND_LINE } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomBase62 } from '../crypto/index.ts';
import type { PrivateKey, SigningKeys } from '../signing-keys/index.ts';
import type { Storage } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { goldenSet, type GoldenToken } from './golden-set.ts';

/** Long enough for a test run, and no longer than any token may be. */
const LIFETIME_SECONDS = (15 * MINUTE_MS) / SECOND_MS;
/** No account has this id, so Latchkey itself lets none of these tokens in. */
const SUBJECT = 'golden-tokens';

export type GoldenTokensNeeds = {
  storage: Storage;
  audit: Audit;
  signingKeys: SigningKeys;
  clock: Clock;
  issuer: string;
};

type Wanted = { audience: string; permissions: readonly PermissionName[] };
type GoldenTokens = { issuer: string; audience: string; jwksUri: string; expiresAtMs: number; tokens: GoldenToken[] };

export function createGoldenTokens({ storage, audit, signingKeys, clock, issuer }: GoldenTokensNeeds) {
  async function signer(algorithm: PrivateKey['algorithm']): Promise<PrivateKey> {
    const found = (await signingKeys.privateKeys()).find((each) => each.algorithm === algorithm);
    if (found === undefined) throw new Error(`There is no key for ${algorithm}.`);
    return found;
  }

  return {
    /** For the command line: good and bad tokens for an API, by which it can try its own verification. They are recorded, for the good ones are good. */
    async make({ audience, permissions }: Wanted): Promise<GoldenTokens> {
      const [es256, rs256] = [await signer('ES256'), await signer('RS256')];
      const nowSeconds = Math.floor(clock() / SECOND_MS);
      const exp = nowSeconds + LIFETIME_SECONDS;
      const claims = () => ({
        iss: issuer,
        sub: SUBJECT,
        aud: audience,
        client_id: SUBJECT,
        iat: nowSeconds,
        exp,
        jti: randomBase62(22),
        scope: permissions.join(' '),
      });
      const tokens = goldenSet({ issuer, audience, claims, nowSeconds, es256, rs256 });
      await storage.transact((tx) =>
        audit.record(tx, COMMAND_LINE, 'token.created', {
          details: { audience, permissions: [...permissions], ttlSeconds: LIFETIME_SECONDS, subject: SUBJECT },
        }),
      );
      return { issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json`, expiresAtMs: exp * SECOND_MS, tokens };
    },
  };
}
