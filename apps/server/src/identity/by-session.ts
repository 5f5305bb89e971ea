import { TokenExpired, TokenInvalid } from '@latchkey/credentials';
import type { SessionId } from '@latchkey/schemas';

import type { AccountActor, Actor, Credential, Origin } from '../actors/index.ts';
import type { SessionCookie } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import { MOVED, SESSION_TOKEN_TYPE } from '../sessions/index.ts';
import { accountActor, isLiveSession, withFactor } from './account-actor.ts';
import type { Call, IdentityNeeds } from './call.ts';
import type { SessionState } from './rows.ts';

/** Who a session is: by its cookie, which is renewed on the way, or by its id. */
export function createBySession(needs: IdentityNeeds) {
  const { states, sessions, cookies, signingKeys, lastUse, clock, issuer } = needs;

  async function bySession(sealed: string, call: Call): Promise<Actor> {
    try {
      const cookie = await cookies.open(sealed);
      if (cookie === null) throw new Problem('session_ended');
      return await bySessionId(await currentSession(cookie, call), call.origin);
    } catch (error) {
      if (error instanceof Problem && error.code === 'session_ended' && error.cause !== MOVED)
        call.sessionCookie.clear();
      throw error;
    }
  }

  async function bySessionId(sid: SessionId, origin: Origin): Promise<AccountActor> {
    const found = await states.bySession(sid);
    if (found.length === 0) throw new Problem('session_ended', { cause: MOVED });
    const actor = sessionActor(sid, found, origin, clock());
    lastUse.session(sid, origin.address);
    return withFactor(needs, actor, found);
  }

  /** The cookie's session, renewed where its access token has run out. */
  async function currentSession(cookie: SessionCookie, call: Call): Promise<SessionId> {
    try {
      const claims = await signingKeys.verify(cookie.accessToken, {
        issuer,
        audience: issuer,
        types: [SESSION_TOKEN_TYPE],
        nowMs: clock(),
      });
      if (claims.sid !== cookie.sid) throw new Problem('session_ended');
    } catch (error) {
      if (error instanceof TokenInvalid) throw new Problem('session_ended', { cause: error });
      if (!(error instanceof TokenExpired)) throw error;
      if (call.renews === false) return requireHeld(cookie);
      call.sessionCookie.set(await cookies.seal(await sessions.renew(cookie, call.origin)));
    }
    return cookie.sid;
  }

  async function requireHeld(cookie: SessionCookie): Promise<SessionId> {
    if (!(await sessions.holds(cookie))) throw new Problem('session_ended', { cause: MOVED });
    return cookie.sid;
  }

  return { bySession, bySessionId };
}

function sessionActor(id: SessionId, rows: SessionState[], origin: Origin, nowMs: number): AccountActor {
  const [state] = rows;
  if (!isLiveSession(state, nowMs)) throw new Problem('session_ended');
  const credential: Credential = { kind: 'session', id, authenticatedAtMs: state.authenticatedAtMs };
  return accountActor(rows, origin, () => true, credential);
}
