import { createHmac } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { AccountId, Act } from '@latchkey/schemas';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';

import type { Audit } from '../audit/index.ts';
import { SESSION_COOKIE } from '../http/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { SettingsService } from '../settings/index.ts';
import type { SignIn } from '../sign-in/index.ts';
import type { PrivateKey, SigningKeys } from '../signing-keys/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { createAdapterFactory } from './adapter.ts';
import { mendAnswers } from './answers.ts';
import { opensClient, type OurClient } from './clients.ts';
import { createDescribedApps } from './described-apps.ts';
import { engineSettings } from './engine-settings.ts';
import { endFamily } from './families.ts';
import { findAllowed, startFamily } from './granting.ts';
import { createIntrospection, type IntrospectionNeeds } from './introspection.ts';
import { createOutgoing } from './outgoing.ts';
import { findPerson } from './person-claims.ts';
import { registerPasswordGrant } from './password-grant.ts';
import { createResourceIndicators } from './resource-indicators.ts';
import type { NoticeRow } from './rows.ts';
import type { Scopes } from './scopes.ts';
import { shadowSessions } from './session-shadow.ts';
import { signInPolicy } from './sign-in-policy.ts';
import { takeOverNotices } from './sign-out-notices.ts';
import { createTokenClaims } from './token-claims.ts';
import { visitOf } from './visits.ts';

export type EngineNeeds = {
  storage: Storage;
  audit: Audit;
  clock: Clock;
  issuer: string;
  signingKeys: Pick<SigningKeys, 'privateKeys'>;
  sessions: Pick<Sessions, 'endNow'>;
  signIn: Pick<SignIn, 'withPassword'>;
  scopes: Scopes;
  rateLimits: Pick<RateLimits, 'take'>;
  settings: Pick<SettingsService, 'get'>;
  apiKeys: IntrospectionNeeds['apiKeys'];
  identifyToken: IntrospectionNeeds['identifyToken'];
  /** Makes each refresh token's one successor. */
  refreshKey: Buffer;
  report: (error: unknown) => void;
};

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The OAuth 2 engine, `oidc-provider`: loaded when it is first asked something, and made anew when the signing keys change.
 * All that it remembers is in the database, so a new one goes on where the last one was.
 */
export function createEngine(needs: EngineNeeds) {
  let made: Made | null = null;

  async function current(): Promise<Made> {
    const keys = await needs.signingKeys.privateKeys();
    if (made?.keys !== keys) made = { keys, ...(await makeProvider(needs, keys)) };
    return made;
  }

  return {
    answer: async (): Promise<Answer> => (await current()).answer,
    /** Tells an app that a session of its person ended. Throws where it doesn't hear it; one that is gone needn't. */
    tellSignedOut: async (notice: NoticeRow): Promise<void> => (await current()).tellSignedOut(notice),
  };
}

export type Engine = ReturnType<typeof createEngine>;

type Made = { keys: readonly PrivateKey[]; answer: Answer; tellSignedOut: (notice: NoticeRow) => Promise<void> };

async function makeProvider(needs: EngineNeeds, keys: readonly PrivateKey[]): Promise<Omit<Made, 'keys'>> {
  const { Provider: Engine, errors, interactionPolicy } = await import('oidc-provider');
  const { storage, audit, clock, issuer, scopes, sessions, signIn, report } = needs;
  const currentCtx = () => Engine.ctx;
  const resources = createResourceIndicators(scopes, {
    target: () => new errors.InvalidTarget(),
    scope: (asked) => new errors.InvalidScope('the app may have none of these scopes', asked),
  });

  const configuration: Configuration = {
    ...engineSettings(
      resources,
      createDescribedApps({ rateLimits: needs.rateLimits, settings: needs.settings, errors }),
    ),
    fetch: createOutgoing(issuer) as typeof fetch,
    adapter: createAdapterFactory({
      storage,
      clock,
      issuer,
      endFamily: (familyId) => endFamily({ storage, audit }, familyId, causeOf(currentCtx())),
      refuse: {
        used: (model) =>
          model === 'PushedAuthorizationRequest'
            ? new errors.InvalidRequestUri('used already')
            : new errors.InvalidGrant('used already'),
        unstorable: () => new errors.InvalidRequest('a parameter holds characters that can’t be kept'),
      },
    }),
    jwks: {
      keys: keys.map(({ kid, algorithm, key }) => ({
        ...key.export({ format: 'jwk' }),
        kid,
        alg: algorithm,
        use: 'sig',
      })),
    },
    findAccount: (_ctx, id) => findPerson({ storage, clock }, id),
    extraTokenClaims: createTokenClaims({ storage, audit, clock }),
    interactions: { policy: signInPolicy(interactionPolicy, clock), url: interactionUrl },
    loadExistingGrant: async (ctx) => {
      const allows = await findAllowed(
        storage,
        ctx.oidc.account?.accountId as AccountId,
        ctx.oidc.client as unknown as OurClient,
      );
      return allows === null ? undefined : startFamily(ctx, allows);
    },
  };
  const provider = new Engine(issuer, configuration);
  believeOnlyConfiguration(provider, issuer);
  shadowSessions(provider, {
    endSession: async ({ req, res }) => {
      const { origin, session } = visitOf(req);
      if (session === null) return;
      await sessions.endNow({ kind: 'anonymous', from: origin }, session.accountId, session.id);
      res.appendHeader('set-cookie', `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax`);
    },
  });
  provider.Client.prototype.compareClientSecret = function compare(this: unknown, secret: string) {
    return opensClient(this as OurClient, secret, clock());
  };
  nameSuccessors(provider, needs.refreshKey, currentCtx);
  registerPasswordGrant(provider, { storage, clock, signIn, errors, resources });
  const introspection = createIntrospection({
    identifyToken: needs.identifyToken,
    apiKeys: needs.apiKeys,
    endFamily: (familyId, ctx) => endFamily({ storage, audit }, familyId, causeOf(ctx)),
  });
  mendAnswers(provider, { introspection, settings: needs.settings, report });
  (provider as EventEmitter).on('error', report);
  return { answer: provider.callback(), tellSignedOut: takeOverNotices(provider, { storage, clock, currentCtx }) };
}

/** The public URL is the operator's word; `Host` and `X-Forwarded-*` are the caller's [B16]. */
function believeOnlyConfiguration(provider: Provider, issuer: string): void {
  const { protocol, host } = new URL(issuer);
  const told = {
    protocol: protocol.slice(0, -1),
    host,
    hostname: new URL(issuer).hostname,
    origin: issuer,
    secure: true,
  };
  for (const [name, value] of Object.entries(told)) Object.defineProperty(provider.request, name, { get: () => value });
}

/** A rotated refresh token has one successor, whoever asks and however often: keyed, so that only this server knows it. */
function nameSuccessors(provider: Provider, key: Buffer, currentCtx: () => KoaContextWithOIDC | undefined): void {
  const prototype = provider.RefreshToken.prototype as unknown as { generateTokenId(): string };
  const atRandom = prototype.generateTokenId;
  prototype.generateTokenId = function generate() {
    const rotated = currentCtx()?.oidc.entities.RotatedRefreshToken;
    return rotated ? createHmac('sha256', key).update(rotated.jti).digest('base64url') : atRandom.call(this);
  };
}

/** Why the engine ends a family, by what it was doing. */
function causeOf(ctx: KoaContextWithOIDC | undefined) {
  if (!ctx) throw new Error('A family of tokens ends outside of a request');
  const { oidc, req } = ctx;
  const grantType = oidc.params?.['grant_type'];
  const reused: Record<string, Act> = {
    authorization_code: 'grant.code_reused',
    refresh_token: 'grant.refresh_reused',
  };
  const act = (typeof grantType === 'string' && reused[grantType]) || 'grant.revoked';
  return { origin: visitOf(req).origin, act: act as 'grant.revoked', appId: oidc.client?.clientId ?? '' };
}

/** Our own pages. The way back is the engine's, on this server. */
function interactionUrl(
  { oidc }: KoaContextWithOIDC,
  { uid, prompt, returnTo }: { uid: string; prompt: { name: string }; returnTo: string },
) {
  if (prompt.name !== 'login') return `/consent/${uid}`;
  const hint = oidc.params?.['login_hint'];
  const query = new URLSearchParams({
    next: new URL(returnTo).pathname,
    ...(typeof hint === 'string' && { email: hint }),
  });
  return `/sign-in?${query.toString()}`;
}
