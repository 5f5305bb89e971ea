import type { Me } from '@latchkey/schemas';
import type {
  errors as engineErrors,
  Grant,
  Provider,
  ResourceServerInstance,
  TokenEndpointGrantContext,
} from 'oidc-provider';

import type { Origin } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { SignIn, Visitor } from '../sign-in/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { startFamily } from './granting.ts';
import { findPerson } from './person-claims.ts';
import type { ResourceIndicators } from './resource-indicators.ts';
import { visitOf } from './visits.ts';

export type PasswordGrantNeeds = {
  storage: Storage;
  clock: Clock;
  signIn: Pick<SignIn, 'withPassword'>;
  errors: typeof engineErrors;
  resources: ResourceIndicators;
};

/** What this grant can't ask for. */
const NEXT = {
  second_factor: 'A second factor is needed, which this grant cannot ask for.',
  factor_enrolment: 'A second factor must be set up first, on the sign-in page.',
};

/** An app that sends a proof believes that its token is bound to the key. */
const UNBOUND = 'This grant binds no token to a key: ask without a proof, or by another grant.';

type Context = TokenEndpointGrantContext<{ username?: string; password?: string; resource?: string }>;
type Issue = { me: Me; family: Grant; resource: ResourceServerInstance | null };

/**
 * RFC 6749 section 4.3, for apps of the house that an admin marked. The password goes through the same gate as on the page,
 * with its limits and whatever else keeps somebody out [B23]; what comes out hangs on a session like any other.
 */
export function registerPasswordGrant(provider: Provider, needs: PasswordGrantNeeds): void {
  const { signIn, errors, resources } = needs;

  async function authenticate({ req, oidc }: Context): Promise<Me> {
    const { username, password } = oidc.params;
    if (!username || !password) throw new errors.InvalidRequest('username and password are needed');
    try {
      const answer = await signIn.withPassword(visitorOf(visitOf(req).origin), { email: username, password });
      if ('next' in answer) throw refusal(NEXT[answer.next], errors);
      return answer;
    } catch (error) {
      throw error instanceof Problem ? refusalOf(error, errors) : error;
    }
  }

  async function requestedResource(ctx: Context): Promise<ResourceServerInstance | null> {
    const { client, params } = ctx.oidc;
    const audience = params.resource ?? (await resources.defaultResource(ctx, client));
    if (typeof audience !== 'string') return null;
    const info = await resources.getResourceServerInfo(ctx, audience, client);
    const resource = new provider.ResourceServer(audience, info);
    ctx.oidc.resourceServers[audience] = resource;
    return resource;
  }

  async function issue(ctx: Context, { me, family, resource }: Issue): Promise<void> {
    const { client, requestParamScopes } = ctx.oidc;
    const common = { accountId: me.id, client, grantId: family.jti, gty: 'password', sessionUid: me.credential.id };
    const token = new provider.AccessToken(common);
    if (resource) token.resourceServer = resource;
    token.scope = resource
      ? family.getResourceScopeFiltered(resource.identifier(), requestParamScopes)
      : family.getOIDCScopeFiltered(requestParamScopes);
    const accessToken = await token.save();
    const { scope } = token;
    const refreshToken = client.grantTypes?.includes('refresh_token')
      ? await new provider.RefreshToken({ ...common, scope, resource: resource?.identifier() }).save()
      : undefined;
    ctx.body = {
      access_token: accessToken,
      token_type: token.tokenType,
      expires_in: token.expiration,
      // Empty where nothing of what was asked could be given: left out, it would say that all of it was (RFC 6749, section 5.1).
      scope,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    };
  }

  provider.registerGrantType('password', handle as never, ['username', 'password', 'scope', 'resource']);

  async function handle(ctx: Context): Promise<void> {
    if (ctx.req.headers['dpop'] !== undefined) throw new errors.InvalidDpopProof(UNBOUND);
    const me = await authenticate(ctx);
    ctx.oidc.entity('Account', await findPerson(needs, me.id));
    const resource = await requestedResource(ctx);
    const family = await startFamily(ctx, () => true);
    await issue(ctx, { me, family, resource });
  }
}

/** A program keeps no cookies. */
function visitorOf(origin: Origin): Visitor {
  const none = { value: null, set: () => undefined, clear: () => undefined };
  return { origin, sessionCookie: none, signInCookie: none, passkeyCookie: none, deviceCookie: none };
}

/** The engine's own error of this name keeps to itself what to do next. */
function refusal(description: string, errors: typeof engineErrors): Error {
  return new errors.CustomOIDCProviderError('invalid_grant', description);
}

function refusalOf(problem: Problem, errors: typeof engineErrors): Error {
  const { retryAfterSeconds } = problem.facts;
  if (retryAfterSeconds === undefined) return refusal(problem.message, errors);
  return Object.assign(refusal(problem.message, errors), { status: 429, statusCode: 429, retryAfterSeconds });
}
