import type { KoaContextWithOIDC, ResourceServer } from 'oidc-provider';

import { MINUTE_MS, SECOND_MS } from '../time/index.ts';
import type { OurClient } from './clients.ts';
import { defaultScope, holderOf, permissionsAsked, type Scopes } from './scopes.ts';

/** Short, since a token that is verified offline lives on after its grant. */
export const ACCESS_TOKEN_SECONDS = (10 * MINUTE_MS) / SECOND_MS;

/** Where a request says what it wants; elsewhere the scope was settled before. */
const ASKING_ROUTES: ReadonlySet<string> = new Set([
  'authorization',
  'pushed_authorization_request',
  'device_authorization',
]);

/** RFC 8707: which resource a token is for, and what it may carry there. */
export function createResourceIndicators(
  scopes: Scopes,
  refuse: { target: () => Error; scope: (asked: string) => Error },
) {
  function fillScope({ oidc }: KoaContextWithOIDC, client: OurClient): void {
    const params = oidc.params as Record<string, unknown>;
    const grantType = params['grant_type'];
    const isForItself = grantType === 'client_credentials';
    const asks = isForItself || grantType === 'password' || ASKING_ROUTES.has(oidc.route);
    if (params['scope'] !== undefined || !asks) return;
    params['scope'] = defaultScope(client, isForItself);
  }

  /** RFC 6749 section 3.3. What an app asks in a person's name is settled with the person. */
  function requireSome({ oidc }: KoaContextWithOIDC, offered: readonly string[]): void {
    const { grant_type: grantType, scope } = oidc.params as Record<string, unknown>;
    if (grantType !== 'client_credentials' || typeof scope !== 'string') return;
    if (!scope.split(' ').some((each) => offered.includes(each))) throw refuse.scope(scope);
  }

  return {
    enabled: true,
    /** What was consented to stays the audience at each refresh, without being named again. */
    useGrantedResource: () => true,

    /** The resource whose permissions are asked for; none where only OpenID's own scopes are. */
    async defaultResource(ctx: KoaContextWithOIDC, client: unknown, oneOf?: readonly string[]) {
      if (oneOf) return [...oneOf];
      fillScope(ctx, client as OurClient);
      const found = await scopes.resourceOf(permissionsAsked(ctx.oidc.params?.['scope']));
      if (found === undefined) requireSome(ctx, []);
      return found;
    },

    async getResourceServerInfo(ctx: KoaContextWithOIDC, audience: string, client: unknown): Promise<ResourceServer> {
      fillScope(ctx, client as OurClient);
      const offered = await scopes.offered(client as OurClient, audience);
      if (offered === null) throw refuse.target();
      requireSome(ctx, offered);
      const holder = holderOf(ctx);
      const held = holder === null ? null : await scopes.heldBy(holder);
      return {
        scope: offered.filter((name) => held === null || held.has(name)).join(' '),
        audience,
        accessTokenTTL: ACCESS_TOKEN_SECONDS,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}

export type ResourceIndicators = ReturnType<typeof createResourceIndicators>;
