import type { IncomingMessage, ServerResponse } from 'node:http';

import type Provider from 'oidc-provider';

import { SECOND_MS } from '../time/index.ts';
import { visitOf, type SignedInSession } from './visits.ts';

type EngineSession = InstanceType<Provider['Session']>;

export type ShadowNeeds = {
  /** Ends one of our own sessions, for the engine's sign-out. */
  endSession: (ctx: { req: IncomingMessage; res: ServerResponse }) => Promise<void>;
};

/**
 * Our session is the truth. The engine's is a shadow under the same id, drawn anew on each request, so that nobody is asked
 * to sign in twice and nobody stays signed in there alone. Signed-out visitors keep what a pending form needs, by a cookie.
 */
export function shadowSessions(provider: Provider, { endSession }: ShadowNeeds): void {
  const { Session } = provider;
  const byCookie = Session.get.bind(Session);

  Session.get = async (ctx) => {
    const ours = visitOf(ctx.req).session;
    const session = ours === null ? withoutAccount(Session, await byCookie(ctx)) : await shadowOf(Session, ours);
    const { oidc } = ctx as unknown as { oidc?: { entity?: (name: string, value: unknown) => void } };
    oidc?.entity?.('Session', session);
    return session;
  };
  // The id is our session's; a new one at each step would be another session.
  Session.prototype.resetIdentifier = () => undefined;

  const destroy = Session.prototype.destroy;
  Session.prototype.destroy = async function destroyBoth(this: EngineSession) {
    const { ctx } = provider.constructor as unknown as { ctx?: Parameters<ShadowNeeds['endSession']>[0] };
    // Ours first: which apps are to be told is written in the shadow.
    if (ctx && this.accountId !== undefined) await endSession(ctx);
    await destroy.call(this);
  };
}

async function shadowOf(Session: Provider['Session'], ours: SignedInSession): Promise<EngineSession> {
  const found = await Session.findByUid(ours.id);
  const session =
    found ?? new (Session as unknown as new (payload: object) => EngineSession)({ uid: ours.id, jti: ours.id });
  session.loginAccount({
    accountId: ours.accountId,
    loginTs: Math.floor(ours.authenticatedAtMs / SECOND_MS),
    acr: '1',
    amr: ['pwd'],
  });
  return session;
}

/** A cookie that names somebody's session opens nothing here: only our own cookie does. */
function withoutAccount(Session: Provider['Session'], session: EngineSession): EngineSession {
  return session.accountId === undefined ? session : new (Session as unknown as new () => EngineSession)();
}
