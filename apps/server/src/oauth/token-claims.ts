import type { AccessToken, ClientCredentials, KoaContextWithOIDC, UnknownObject } from 'oidc-provider';

import type { AccountId, SessionId } from '@latchkey/schemas';

import type { Actor, Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { markSessionsUsed } from '../sessions/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import type { OurClient } from './clients.ts';
import { isForAway } from './liveness.ts';
import { markAppUsed, markGrantUsed } from './rows.ts';
import { visitOf } from './visits.ts';

/** What an access token says beside the engine's own claims, once its issue is recorded. */
export function createTokenClaims({ storage, audit, clock }: { storage: Storage; audit: Audit; clock: Clock }) {
  async function record(ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials): Promise<void> {
    const accountId = accountOf(token);
    const { clientId = '' } = token;
    // A renewal is no new act; a session's isn't one either.
    const isRenewal = ctx.oidc.params?.['grant_type'] === 'refresh_token';
    const usedSessionId = isRenewal ? sessionUsedBy(ctx) : null;
    await storage.transact(async (tx) => {
      // Not where from: it is the app's address, not the person's.
      if (usedSessionId !== null) await markSessionsUsed(tx, [{ id: usedSessionId, atMs: clock(), address: null }]);
      await markAppUsed(tx, clientId, clock());
      if (accountId !== null) await markGrantUsed(tx, accountId, clientId, clock());
      if (isRenewal) return;
      await audit.record(
        tx,
        appActor(ctx.oidc.client as unknown as OurClient, token, visitOf(ctx.req).origin),
        'token.created',
        {
          ...(accountId !== null && { target: { kind: 'account', id: accountId } }),
          details: {
            audience: token.aud ?? null,
            scope: token.scope ?? '',
            grantType: ctx.oidc.params?.['grant_type'] ?? null,
          },
        },
      );
    });
  }

  return async (
    ctx: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
  ): Promise<UnknownObject | undefined> => {
    await record(ctx, token);
    if (!('grantId' in token) || accountOf(token) === null) return undefined;
    const source =
      ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.DeviceCode;
    // What identifies the family and the session, so that we can ask after both wherever the token is shown to us.
    return { grant_id: token.grantId, sid: token.sessionUid, auth_time: source?.authTime };
  };
}

/**
 * The session that a renewal keeps from ending without use. One for while the person is away may outlive its session, so it
 * is no use of it: the session would come back.
 */
function sessionUsedBy({ oidc }: KoaContextWithOIDC): SessionId | null {
  const { scope, sessionUid } = oidc.entities.RefreshToken ?? {};
  return sessionUid === undefined || isForAway({ scope }) ? null : (sessionUid as SessionId);
}

function accountOf(token: AccessToken | ClientCredentials): AccountId | null {
  return 'accountId' in token && token.accountId !== undefined ? (token.accountId as AccountId) : null;
}

/** An app that acts, for itself or for somebody. */
function appActor(
  client: OurClient & { clientName?: string },
  token: AccessToken | ClientCredentials,
  from: Origin,
): Actor {
  // What names a token that isn't a JWT is the token itself.
  const id = token.aud === undefined ? client.clientId : token.jti;
  return {
    kind: 'app',
    accountId: client.clientId as AccountId,
    name: client.clientName ?? client.clientId,
    email: null,
    roles: [],
    permissions: new Set(),
    credential: { kind: 'access_token', id, issuedTo: { kind: 'app', id: client.clientId }, authenticatedAtMs: null },
    from,
  };
}
