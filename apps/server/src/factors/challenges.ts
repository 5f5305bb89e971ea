import { accountId, sessionId } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { randomBase62, type Sealer } from '../crypto/index.ts';
import type { BrowserCookie } from '../rpc/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';
import { createOneUseTokens, type Opened } from './one-use-tokens.ts';

export const CHALLENGE_LIFETIME_MS = 5 * MINUTE_MS;

const challenge = z.object({
  /** base64url of random bytes, as WebAuthn has it. */
  challenge: z.string(),
  purpose: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('add'), sessionId }),
    z.object({ kind: z.literal('enrol'), accountId }),
    z.object({ kind: z.literal('confirm'), sessionId }),
    z.object({ kind: z.literal('only') }),
    z.object({ kind: z.literal('second'), accountId }),
  ]),
});
export type Purpose = z.infer<typeof challenge>['purpose'];
export type Challenge = Opened<z.infer<typeof challenge>>;

/** What a passkey signs: new each time, for one use, in the browser that asked for it, and for what it was asked for [B22]. */
export function createChallenges(needs: { sealer: Sealer; clock: Clock }) {
  const tokens = createOneUseTokens(needs, {
    purpose: 'passkey challenge',
    lifetimeMs: CHALLENGE_LIFETIME_MS,
    content: challenge,
  });
  return {
    give(cookie: BrowserCookie, purpose: Purpose): string {
      const text = Buffer.from(randomBase62(43)).toString('base64url');
      cookie.set(tokens.seal({ challenge: text, purpose }).token);
      return text;
    },
    open: (cookie: BrowserCookie): Challenge | null => tokens.open(cookie.value),
  };
}
