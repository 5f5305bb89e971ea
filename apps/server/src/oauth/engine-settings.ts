import type { Configuration } from 'oidc-provider';

import { SESSION_LIFETIME_MS } from '../sessions/index.ts';
import { MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { EXTRA_METADATA, type OurClient } from './clients.ts';
import type { DescribedApps } from './described-apps.ts';
import { renderError } from './error-page.ts';
import { familyLifetimeMs } from './families.ts';
import { mayIntrospect } from './introspection.ts';
import { CLAIMS } from './person-claims.ts';
import { ACCESS_TOKEN_SECONDS, type ResourceIndicators } from './resource-indicators.ts';
import { renderSignedOut, renderSignOut } from './sign-out-page.ts';

const seconds = (ms: number) => ms / SECOND_MS;

/** What of the engine doesn't depend on anything. Whatever isn't named here is off. */
export function engineSettings(resourceIndicators: ResourceIndicators, described: DescribedApps): Configuration {
  return {
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      pushed_authorization_request: '/oauth/par',
      device_authorization: '/oauth/device',
      code_verification: '/device',
      end_session: '/oauth/sign-out',
      jwks: '/.well-known/jwks.json',
    },
    responseTypes: ['code'],
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: CLAIMS,
    // Some clients, Auth.js among them, ask no userinfo: to them, who signed in is what the ID token says.
    conformIdTokenClaims: false,
    acrValues: ['1'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256'],
      idTokenSigningAlgValues: ['RS256'],
      dPoPSigningAlgValues: ['ES256', 'Ed25519', 'RS256'] as never,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientIdMetadataDocument: described,
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****' },
      dPoP: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => mayIntrospect(client as unknown as OurClient, token.clientId),
      },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators,
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => renderSignOut(ctx),
        postLogoutSuccessSource: (ctx) => renderSignedOut(ctx),
      },
      userinfo: { enabled: true },
    },
    fetchResponseBodyLimits: { 'client_id metadata document': 5 * 1024, jwks_uri: 64 * 1024 },
    pkce: { required: () => true },
    // RFC 6749 section 4.1.3: what the request named, the redemption names too.
    allowOmittingSingleRegisteredRedirectUri: false,
    // Our adapter asks our session itself.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    clientBasedCORS: (ctx, origin, client) =>
      origin === ctx.oidc.issuer || (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    extraClientMetadata: { properties: [...EXTRA_METADATA], validator: () => undefined },
    renderError: (ctx, out) => renderError(ctx, out),
    cookies: {
      names: {
        session: '__Host-latchkey-oauth',
        interaction: '__Secure-latchkey-interaction',
        resume: '__Secure-latchkey-resume',
      },
      long: { httpOnly: true, sameSite: 'lax', secure: true, signed: false },
      short: { httpOnly: true, sameSite: 'lax', secure: true, signed: false },
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: seconds(MINUTE_MS),
      DeviceCode: seconds(10 * MINUTE_MS),
      IdToken: seconds(15 * MINUTE_MS),
      Interaction: seconds(30 * MINUTE_MS),
      Session: seconds(SESSION_LIFETIME_MS),
      Grant: (_ctx, grant) => seconds(familyLifetimeMs(grant.getOIDCScope())),
      RefreshToken: (_ctx, token) => seconds(familyLifetimeMs(token.scope)),
    },
  };
}
