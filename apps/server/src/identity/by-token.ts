import { ACCESS_TOKEN_TYPE, TokenExpired, TokenInvalid } from '@latchkey/credentials';
import { apiKeyId, appId, sessionId, type AccountId, type AccessTokenClaims, type AppId } from '@latchkey/schemas';

import type { Actor, Origin } from '../actors/index.ts';
import { judgeHeldKey } from '../api-keys/index.ts';
import { permissionsAmong } from '../apps/index.ts';
import { sha256 } from '../crypto/index.ts';
import { isForAway } from '../oauth/index.ts';
import { Problem } from '../problems/index.ts';
import { RefusedKey } from '../rpc/index.ts';
import { SECOND_MS } from '../time/index.ts';
import { accountActor, isLiveSession, withFactor } from './account-actor.ts';
import { countUse, keyState } from './by-api-key.ts';
import type { Call, IdentityNeeds } from './call.ts';
import type { ApiKeyState } from './rows.ts';

/** Who an access token is: by what it was issued to, which may have ended since. */
export function createByToken(needs: IdentityNeeds) {
  const { states, signingKeys, clock, issuer } = needs;

  async function byAccessToken(text: string, call: Call): Promise<Actor> {
    return actorOf(await verifyBearer(text, call.audience), call);
  }

  async function actorOf(claims: AccessTokenClaims, call: Call): Promise<Actor> {
    const scope = new Set(claims.scope?.split(' '));
    if (claims['grant_id'] !== undefined) return tokenOfGrant(claims, scope, call.origin);
    if (typeof claims.sid === 'string') return tokenOfSession(claims, claims.sid, scope, call.origin);
    const app = appId.safeParse(claims.sub);
    if (app.success) return tokenOfApp(claims, app.data, scope, call.origin);
    return tokenOfApiKey(claims, claims['api_key_id'], scope, call);
  }

  async function verifyBearer(text: string, audience = issuer): Promise<AccessTokenClaims> {
    try {
      return await signingKeys.verify(text, { issuer, audience, types: [ACCESS_TOKEN_TYPE], nowMs: clock() });
    } catch (error) {
      if (error instanceof TokenExpired) throw new Problem('token_expired', { cause: error });
      if (error instanceof TokenInvalid) throw new Problem('token_invalid', { cause: error });
      throw error;
    }
  }

  /** A token dies with the session that asked for it. */
  async function tokenOfSession(
    claims: AccessTokenClaims,
    sid: string,
    scope: ReadonlySet<string>,
    origin: Origin,
  ): Promise<Actor> {
    const id = sessionId.safeParse(sid);
    const rows = id.success ? await states.bySession(id.data) : [];
    const [state] = rows;
    if (!id.success || !isLiveSession(state, clock()) || state.accountId !== claims.sub)
      throw new Problem('token_invalid');
    const actor = accountActor(rows, origin, (permission) => scope.has(permission), {
      kind: 'access_token',
      id: claims.jti,
      issuedTo: { kind: 'session', id: id.data },
      authenticatedAtMs: (claims.auth_time ?? 0) * SECOND_MS,
    });
    return withFactor(needs, actor, rows);
  }

  /** A token that an app got from a person dies with what they allowed it, with the app, and with the session in which they did. */
  async function tokenOfGrant(claims: AccessTokenClaims, scope: ReadonlySet<string>, origin: Origin): Promise<Actor> {
    const nowMs = clock();
    const family = await states.byFamily(sha256(String(claims['grant_id'])));
    const isGood = family && family.expiresAtMs > nowMs && family.disabledAtMs === null;
    if (!isGood || family.accountId !== claims.sub || family.appId !== claims.client_id)
      throw new Problem('token_invalid');
    const sid = sessionId.safeParse(claims.sid);
    const rows = sid.success ? await states.bySession(sid.data) : [];
    const [state] = rows;
    const isSessionGood = isForAway(family.payload) ? state?.endedAtMs === null : isLiveSession(state, nowMs);
    if (!isSessionGood || state?.status !== 'active' || state.accountId !== claims.sub)
      throw new Problem('token_invalid');
    const actor = accountActor(rows, origin, (permission) => scope.has(permission), {
      kind: 'access_token',
      id: claims.jti,
      issuedTo: { kind: 'app', id: family.appId },
      authenticatedAtMs: claims.auth_time === undefined ? null : claims.auth_time * SECOND_MS,
    });
    return withFactor(needs, actor, rows);
  }

  /** An app that acts for itself: with what an admin gave it, as it is now. */
  async function tokenOfApp(
    claims: AccessTokenClaims,
    id: AppId,
    scope: ReadonlySet<string>,
    from: Origin,
  ): Promise<Actor> {
    const app = await states.byApp(id);
    if (!app || app.disabledAtMs !== null || claims.client_id !== id) throw new Problem('token_invalid');
    const own = permissionsAmong(app.scopes).filter((each) => scope.has(each));
    return {
      kind: 'app',
      accountId: id as string as AccountId,
      name: app.name,
      email: null,
      roles: [],
      permissions: new Set(own),
      credential: { kind: 'access_token', id: claims.jti, issuedTo: { kind: 'app', id }, authenticatedAtMs: null },
      from,
    };
  }

  /** A token dies with the key that asked for it, and is bound by all that binds the key: permissions, networks, rate. */
  async function tokenOfApiKey(
    claims: AccessTokenClaims,
    keyId: unknown,
    scope: ReadonlySet<string>,
    { origin, calls }: Call,
  ): Promise<Actor> {
    const id = apiKeyId.safeParse(keyId);
    const rows = id.success ? await states.byApiKey(id.data) : [];
    const [state] = rows;
    if (!id.success || state?.accountId !== claims.sub) throw new Problem('token_invalid');
    if (isOfReplacedSecret(claims, state, clock())) throw new Problem('token_invalid');
    const verdict = judgeHeldKey(keyState(state), origin.address, clock());
    if (verdict !== 'VALID')
      throw new RefusedKey(verdict === 'IP_NOT_ALLOWED' ? 'ip_not_allowed' : 'token_invalid', id.data);
    await countUse(needs, id.data, state, calls);
    const ofKey = new Set<string>(state.keyPermissions);
    return accountActor(rows, origin, (permission) => scope.has(permission) && ofKey.has(permission), {
      kind: 'access_token',
      id: claims.jti,
      issuedTo: { kind: 'api_key', id: id.data },
      authenticatedAtMs: null,
    });
  }

  /** Who a token is for that was issued for this audience, whatever it is. */
  async function token(text: string, audience: string, call: Call) {
    const expected = { issuer, audience, types: [ACCESS_TOKEN_TYPE], nowMs: clock(), mayBeBound: true };
    const claims = await signingKeys.verify(text, expected);
    return { claims, actor: await actorOf(claims, call) };
  }

  return { byAccessToken, token };
}

/** A token that was asked for with a secret that a rotation has ended ends with it: the secret may have leaked. */
function isOfReplacedSecret({ iat }: AccessTokenClaims, state: ApiKeyState, nowMs: number): boolean {
  const { rotatedAtMs, previousSecretUntilMs } = state;
  if (rotatedAtMs === null || (previousSecretUntilMs !== null && nowMs < previousSecretUntilMs)) return false;
  return iat < Math.floor(rotatedAtMs / SECOND_MS);
}
