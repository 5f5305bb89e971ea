import { endedSessions, noInput, sessionInput, sessionList } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Sessions } from './service.ts';

/** A person's own sessions. */
export function sessionsRouter(rpc: Rpc, sessions: Sessions) {
  return rpc.router({
    list: rpc.signedIn
      .meta({ rest: { method: 'GET', path: '/me/sessions', status: 200 } })
      .input(noInput)
      .output(sessionList)
      .query(({ ctx }) => sessions.list(ctx.actor.accountId, ctx.actor.credential.id)),
    end: rpc.signedIn
      .meta({ rest: { method: 'DELETE', path: '/me/sessions/{id}', status: 204 } })
      .input(sessionInput)
      .mutation(({ ctx, input }) => sessions.endNow(ctx.actor, ctx.actor.accountId, input.id)),
    endOthers: rpc.signedIn
      .meta({ rest: { method: 'POST', path: '/me/sessions/end-others', status: 200 } })
      .input(noInput)
      .output(endedSessions)
      .mutation(({ ctx }) => sessions.endAllNow(ctx.actor, ctx.actor.accountId, ctx.actor.credential.id)),
    endAll: rpc.signedIn
      .meta({ rest: { method: 'POST', path: '/me/sessions/end-all', status: 200 } })
      .input(noInput)
      .output(endedSessions)
      .mutation(async ({ ctx }) => {
        const ended = await sessions.endAllNow(ctx.actor, ctx.actor.accountId, null);
        ctx.sessionCookie.clear();
        return ended;
      }),
  });
}

/** The session that the call itself came with. */
export function endSession(rpc: Rpc, sessions: Sessions) {
  return rpc.withoutFactor.signedIn
    .meta({ rest: { method: 'DELETE', path: '/session', status: 204 } })
    .input(noInput)
    .mutation(async ({ ctx }) => {
      await sessions.endNow(ctx.actor, ctx.actor.accountId, ctx.actor.credential.id);
      ctx.sessionCookie.clear();
    });
}
