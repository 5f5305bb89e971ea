import { looksLikeApiKey, TokenExpired, TokenInvalid } from '@latchkey/credentials';
import type { AccessTokenClaims, AccountId } from '@latchkey/schemas';
import { decodeJwt } from 'jose/jwt/decode';
import type { KoaContextWithOIDC } from 'oidc-provider';

import type { AccountActor, Actor, Origin } from '../actors/index.ts';
import type { ApiKeys } from '../api-keys/index.ts';
import { Problem } from '../problems/index.ts';
import type { OurClient } from './clients.ts';
import { visitOf } from './visits.ts';

export type IntrospectionNeeds = {
  /** Who a token of ours is for, of whatever audience, if it is good now. Throws the problem of one that isn't. */
  identifyToken: (
    text: string,
    audience: string,
    origin: Origin,
  ) => Promise<{ claims: AccessTokenClaims; actor: Actor }>;
  apiKeys: Pick<ApiKeys, 'verify'>;
  endFamily: (familyId: string, ctx: KoaContextWithOIDC) => Promise<void>;
};

const INACTIVE = { active: false };

/** Whether the app may ask after tokens that it wasn't given: it keeps a secret, and an admin said so [P45]. */
export function mayIntrospect(
  client: OurClient & { clientAuthMethod?: string },
  clientId: string | undefined,
): boolean {
  if (client.clientAuthMethod === 'none') return false;
  return client.clientId === clientId || client.allowed_scopes?.includes('tokens:introspect') === true;
}

/**
 * RFC 7662 and RFC 7009 for what the engine doesn't keep itself: access tokens that are JWTs, and API keys. It has
 * authenticated the app by then, which is all that is left to it.
 */
export function createIntrospection({ identifyToken, apiKeys, endFamily }: IntrospectionNeeds) {
  async function ofToken(text: string, client: OurClient, origin: Origin): Promise<object> {
    const found = await findToken(text, origin);
    if (found === null || !mayIntrospect(client, found.claims.client_id)) return INACTIVE;
    const { claims, actor } = found;
    if ('lacksFactor' in actor && actor.lacksFactor?.isDue) return INACTIVE;
    const held = actor.kind === 'anonymous' || actor.kind === 'system' ? new Set<string>() : actor.permissions;
    const scope = (claims.scope ?? '').split(' ').filter((each) => (held as ReadonlySet<string>).has(each));
    const { iss, sub, aud, exp, iat, jti, client_id: clientId, sid } = claims;
    const cnf = claims['cnf'];
    return {
      active: true,
      iss,
      sub,
      aud,
      exp,
      iat,
      jti,
      client_id: clientId,
      sid,
      cnf,
      scope: scope.join(' ') || undefined,
      token_type: cnf === undefined ? 'Bearer' : 'DPoP',
    };
  }

  async function findToken(text: string, origin: Origin) {
    try {
      return await identifyToken(text, audienceOf(text), origin);
    } catch (error) {
      if (error instanceof Problem || error instanceof TokenInvalid || error instanceof TokenExpired) return null;
      throw error;
    }
  }

  async function ofApiKey(key: string, client: OurClient, from: Origin): Promise<object> {
    if (client.allowed_scopes?.includes('api_keys:verify') !== true) return INACTIVE;
    const { valid, apiKeyId, accountId, permissions = [] } = await apiKeys.verify(asApp(client, from), { key });
    if (!valid) return INACTIVE;
    return {
      active: true,
      sub: accountId,
      jti: apiKeyId,
      scope: permissions.join(' ') || undefined,
      token_type: 'api_key',
    };
  }

  return {
    async answer(ctx: KoaContextWithOIDC): Promise<void> {
      const text = String(ctx.oidc.params?.['token']);
      const client = ctx.oidc.client as unknown as OurClient;
      ctx.status = 200;
      ctx.body = looksLikeApiKey(text)
        ? await ofApiKey(text, client, visitOf(ctx.req).origin)
        : await ofToken(text, client, visitOf(ctx.req).origin);
    },

    /** A token that can't be taken back by itself goes with its family; another app's is left alone and nobody is told. */
    async revoke(ctx: KoaContextWithOIDC): Promise<void> {
      const found = await findToken(String(ctx.oidc.params?.['token']), visitOf(ctx.req).origin);
      const familyId = found?.claims['grant_id'];
      if (found?.claims.client_id === ctx.oidc.client?.clientId && typeof familyId === 'string') {
        await endFamily(familyId, ctx);
      }
      ctx.status = 200;
      ctx.body = '';
    },
  };
}

export type Introspection = ReturnType<typeof createIntrospection>;

function asApp({ clientId }: OurClient, from: Origin): AccountActor {
  const credential = { kind: 'access_token', id: clientId, issuedTo: { kind: 'app', id: clientId } } as const;
  return {
    kind: 'app',
    accountId: clientId as AccountId,
    name: clientId,
    email: null,
    roles: [],
    permissions: new Set(),
    credential: { ...credential, authenticatedAtMs: null },
    from,
  };
}

function audienceOf(text: string): string {
  try {
    return String([decodeJwt(text).aud].flat()[0]);
  } catch {
    // What isn't a JWT at all has no audience, and is refused as any other forgery.
    return '';
  }
}
