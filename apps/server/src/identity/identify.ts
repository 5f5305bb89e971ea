import { ACCESS_TOKEN_TYPE, parseApiKey, TokenExpired, TokenInvalid } from '@latchkey/credentials';
import {
  apiKeyId,
  appId,
  sessionId,
  type AccountId,
  type AccessTokenClaims,
  type ApiKeyId,
  type AppId,
  type PermissionName,
  type ProblemCode,
  type SessionId,
} from '@latchkey/schemas';

import type { AccountActor, Actor, Credential, Origin } from '../actors/index.ts';
import { isPreviousSecret, judgeHeldKey, judgeKey, takeUses, type Refusals, type Verdict } from '../api-keys/index.ts';
import { permissionsAmong } from '../apps/index.ts';
import { sha256, type CookieSealer, type SessionCookie } from '../crypto/index.ts';
import { isForAway } from '../oauth/index.ts';
import type { Denials } from '../denials/index.ts';
import { permissionsOfRoles } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import { RefusedKey, type CallContext, type Presented, type Question } from '../rpc/index.ts';
import { isOver, SESSION_TOKEN_TYPE, type Sessions } from '../sessions/index.ts';
import type { SigningKeys } from '../signing-keys/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import type { Quotas } from '../usage/index.ts';
import type { LastUse } from './last-use.ts';
import type { AccountState, ApiKeyState, SessionState, States } from './rows.ts';

const MOVED = 'moved';

export type IdentityNeeds = {
  states: States;
  sessions: Sessions;
  cookies: CookieSealer;
  signingKeys: SigningKeys;
  rateLimits: RateLimits;
  refusals: Refusals;
  denials: Pick<Denials, 'noteRefusedCredential'>;
  quotas: Quotas;
  lastUse: LastUse;
  clock: Clock;
  issuer: string;
};

export type Call = {
  origin: Origin;
  method: string;
  calls: number;
  sessionCookie: CallContext['sessionCookie'];
} & Question;

/**
 * Who a credential is. Pure work (an opened cookie, a verified signature) is remembered below; state (revoked? disabled?
 * which roles?) is read here, each time, so that every change acts on the next request [B18].
 */
export function createIdentify(needs: IdentityNeeds) {
  const { states, sessions, cookies, signingKeys, refusals, denials, lastUse, clock, issuer } = needs;

  const verify = (text: string, type: string, audience = issuer): Promise<AccessTokenClaims> =>
    signingKeys.verify(text, { issuer, audience, types: [type], nowMs: clock() });

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
    // Not ended, but gone on under another id by a confirmation: its cookie may be on the way here.
    if (found.length === 0) throw new Problem('session_ended', { cause: MOVED });
    const actor = sessionActor(sid, found, origin, clock());
    lastUse.session(sid, origin.address);
    return withFactor(actor, found);
  }

  /** Notes a second factor that the person lacks. Not for keys, which nobody's presence stands behind. */
  async function withFactor(actor: AccountActor, rows: readonly AccountState[]): Promise<AccountActor> {
    if (rows.every(({ secondFactorFromMs }) => secondFactorFromMs === null)) return actor;
    const fromMs = await states.factorDue(actor.accountId);
    return fromMs === null ? actor : { ...actor, lacksFactor: { fromMs, isDue: fromMs <= clock() } };
  }

  /** The cookie's session, renewed where its access token has run out. */
  async function currentSession(cookie: SessionCookie, call: Call): Promise<SessionId> {
    try {
      const claims = await verify(cookie.accessToken, SESSION_TOKEN_TYPE);
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

  async function verifyBearer(text: string, audience: string | undefined): Promise<AccessTokenClaims> {
    try {
      return await verify(text, ACCESS_TOKEN_TYPE, audience);
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
    return withFactor(actor, rows);
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
    return withFactor(actor, rows);
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
    await countUse(id.data, state, calls);
    const ofKey = new Set<string>(state.keyPermissions);
    return accountActor(rows, origin, (permission) => scope.has(permission) && ofKey.has(permission), {
      kind: 'access_token',
      id: claims.jti,
      issuedTo: { kind: 'api_key', id: id.data },
      authenticatedAtMs: null,
    });
  }

  async function countUse(id: ApiKeyId, { rateLimit, quota }: ApiKeyState, calls: number): Promise<void> {
    if (rateLimit === null && quota === null) return;
    const { over, retryAfterSeconds } = await takeUses(needs, { id, rateLimit, quota }, calls);
    if (over === null) return;
    throw new RefusedKey(over === 'QUOTA_EXCEEDED' ? 'quota_exceeded' : 'rate_limited', id, { retryAfterSeconds });
  }

  async function byApiKey(text: string, carrier: 'header' | 'cookie' | 'query', call: Call): Promise<Actor> {
    const parsed = parseApiKey(text);
    if (parsed === null) throw new Problem('api_key_invalid');
    const { id } = parsed;
    const rows = await states.byApiKey(id);
    const [state] = rows;
    const verdict = judgeKey(state ? keyState(state) : null, parsed.secret, call.origin.address, clock());
    if (state) refusals.note(id, verdict, call.origin);
    if (state === undefined || verdict === 'NOT_FOUND') throw new Problem('api_key_invalid');
    if (verdict !== 'VALID') throw new RefusedKey(PROBLEM_OF_VERDICT[verdict], id);
    if (carrier === 'query' && !(state.allowQuery && READING_METHODS.has(call.method))) {
      throw new Problem('api_key_invalid', { detail: "This API key can't ride in an address." });
    }
    await countUse(id, state, call.calls);
    lastUse.apiKey(id);
    const ofKey = new Set<string>(state.keyPermissions);
    return accountActor(rows, call.origin, (permission) => ofKey.has(permission), {
      kind: 'api_key',
      id,
      ...(isPreviousSecret(state, parsed.secret) && { secret: 'previous' }),
    });
  }

  /** Who a token is for that was issued for this audience, whatever it is. */
  async function token(text: string, audience: string, call: Call) {
    const expected = { issuer, audience, types: [ACCESS_TOKEN_TYPE], nowMs: clock(), mayBeBound: true };
    const claims = await signingKeys.verify(text, expected);
    return { claims, actor: await actorOf(claims, call) };
  }

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
      if (error instanceof Problem && NO_GOOD.has(error.code)) denials.noteRefusedCredential(call.origin, error.code);
      throw error;
    }
  }

  return Object.assign(identify, { token, session: bySessionId });
}

export type Identify = ReturnType<typeof createIdentify>;

/** An address with a key in it is for reading, so that no link that got about changes anything. */
const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** What no program meets that was once set up well, and goes on as it was. */
const NO_GOOD: ReadonlySet<ProblemCode> = new Set(['api_key_invalid', 'token_invalid', 'ip_not_allowed']);

const PROBLEM_OF_VERDICT = {
  EXPIRED: 'api_key_expired',
  REVOKED: 'api_key_revoked',
  // A disabled owner is nobody's business but the admins', who see it in the console.
  DISABLED: 'api_key_invalid',
  IP_NOT_ALLOWED: 'ip_not_allowed',
} as const satisfies Record<Exclude<Verdict, 'VALID' | 'NOT_FOUND'>, string>;

function keyState(state: ApiKeyState) {
  return { ...state, permissions: state.keyPermissions, ownerActive: state.status === 'active' };
}

/** A token that was asked for with a secret that a rotation has ended ends with it: the secret may have leaked. */
function isOfReplacedSecret({ iat }: AccessTokenClaims, state: ApiKeyState, nowMs: number): boolean {
  const { rotatedAtMs, previousSecretUntilMs } = state;
  if (rotatedAtMs === null || (previousSecretUntilMs !== null && nowMs < previousSecretUntilMs)) return false;
  return iat < Math.floor(rotatedAtMs / SECOND_MS);
}

function sessionActor(id: SessionId, rows: SessionState[], origin: Origin, nowMs: number): AccountActor {
  const [state] = rows;
  if (!isLiveSession(state, nowMs)) throw new Problem('session_ended');
  const credential: Credential = { kind: 'session', id, authenticatedAtMs: state.authenticatedAtMs };
  return accountActor(rows, origin, () => true, credential);
}

function isLiveSession(state: SessionState | undefined, nowMs: number): state is SessionState {
  return state !== undefined && state.kind === 'person' && state.status === 'active' && !isOver(state, nowMs);
}

/** What the account's roles allow now ∩ what the credential carries. */
function accountActor(
  rows: readonly AccountState[],
  from: Origin,
  carries: (permission: PermissionName) => boolean,
  credential: Credential,
): AccountActor {
  const [state] = rows;
  if (state === undefined) throw new Problem('credential_missing');
  const roles = rows.flatMap(({ role }) => (role === null ? [] : [role])).toSorted();
  const stored = new Map(
    rows.flatMap(({ role, rolePermissions }) => (role && rolePermissions ? [[role, rolePermissions]] : [])),
  );
  const allowed = permissionsOfRoles(roles, stored);
  return {
    kind: state.kind,
    accountId: state.accountId,
    name: state.name,
    email: state.email,
    roles,
    permissions: new Set([...allowed].filter(carries)),
    ofRoles: allowed,
    credential,
    from,
  };
}
