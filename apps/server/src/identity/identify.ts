import type { ProblemCode } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Presented } from '../rpc/index.ts';
import { createByApiKey } from './by-api-key.ts';
import { createBySession } from './by-session.ts';
import { createByToken } from './by-token.ts';
import type { Call, IdentityNeeds } from './call.ts';

/**
 * Who a credential is. Pure work (an opened cookie, a verified signature) is remembered below; state (revoked? disabled?
 * which roles?) is read here, each time, so that every change acts on the next request [B18].
 */
export function createIdentify(needs: IdentityNeeds) {
  const { bySession, bySessionId } = createBySession(needs);
  const { byAccessToken, token } = createByToken(needs);
  const byApiKey = createByApiKey(needs);

  async function byPresented(presented: Presented, call: Call): Promise<Actor> {
    if (presented.kind === 'session') return bySession(presented.sealed, call);
    if (presented.kind === 'access_token') return byAccessToken(presented.text, call);
    if (presented.kind === 'api_key') return byApiKey(presented.text, presented.carrier, call);
    return { kind: 'anonymous', from: call.origin };
  }

  async function identify(presented: Presented, call: Call): Promise<Actor> {
    try {
      return await byPresented(presented, call);
    } catch (error) {
      if (error instanceof Problem && NO_GOOD.has(error.code))
        needs.denials.noteRefusedCredential(call.origin, error.code);
      throw error;
    }
  }

  return Object.assign(identify, { token, session: bySessionId });
}

export type Identify = ReturnType<typeof createIdentify>;

/** What no program meets that was once set up well, and goes on as it was. */
const NO_GOOD: ReadonlySet<ProblemCode> = new Set(['api_key_invalid', 'token_invalid', 'ip_not_allowed']);
