import { Auth, type AuthConfig } from '@auth/core';
import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, fetchOf, goThrough, RelyingParty } from '@latchkey/testkit/relying-party';
import * as oauth from 'oauth4webapi';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/* Clients of other people, as they are. openid-client is in code-flow.test.ts. */

const BYE = 'https://app.example.com/bye';
const CALLBACK = 'https://app.example.com/callback';

let server: TestServer;
let browser: Browser;
let memberId: string;
beforeAll(async () => {
  server = await openTestServer({ listens: true });
  memberId = (await (await server.person('ada@example.com')).api.me.get.query()).id;
});
afterAll(() => server.close());

async function signedIn(): Promise<Browser> {
  browser = new Browser(server);
  await browser.signIn('ada@example.com', ADMIN.password);
  return browser;
}

const register = (more: object) =>
  RelyingParty.register(server, {
    scopes: ['openid', 'profile', 'email'],
    postLogoutRedirectUris: [BYE],
    ...more,
  });

/** Where a sign-out goes on once its button was pressed. */
async function confirmSignOut(url: string): Promise<string> {
  const { headers } = await browser.confirmSignOut(await browser.open(url));
  return headers['location'] ?? '';
}

describe('oauth4webapi, unmodified', () => {
  it('signs in, reads userinfo, refreshes, takes back and signs out', async () => {
    const { clientId, clientSecret } = await register({});
    const options = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fetchOf(server) as never };
    const issuer = new URL(server.publicUrl);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const client: oauth.Client = { client_id: clientId };
    const auth = oauth.ClientSecretBasic(clientSecret ?? '');
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const page = await goThrough(await signedIn(), `${as.authorization_endpoint}?${query.toString()}`);
    const parameters = oauth.validateAuthResponse(as, client, new URL(page.url), state);
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, auth, parameters, CALLBACK, verifier, options),
      { expectedNonce: nonce, requireIdToken: true },
    );
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(memberId);
    const asked = await oauth.userInfoRequest(as, client, tokens.access_token, options);
    expect((await oauth.processUserInfoResponse(as, client, memberId, asked)).email).toBe('ada@example.com');
    const token = tokens.refresh_token ?? '';
    const renewed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, auth, token, options),
    );
    expect(renewed.refresh_token).not.toBe(token);
    const revoked = await oauth.revocationRequest(as, client, auth, renewed.refresh_token ?? '', options);
    await oauth.processRevocationResponse(revoked);
    expect((await oauth.userInfoRequest(as, client, renewed.access_token, options)).status).toBe(401);
    const leave = new URLSearchParams({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BYE });
    expect(await confirmSignOut(`${as.end_session_endpoint}?${leave.toString()}`)).toBe(BYE);
  });
});

describe('oidc-client-ts, unmodified', () => {
  it('signs in without a secret, reads userinfo, refreshes and signs out', async () => {
    const { clientId } = await register({ public: true, kind: 'spa' });
    const client = new OidcClient({
      authority: server.publicUrl,
      client_id: clientId,
      redirect_uri: CALLBACK,
      post_logout_redirect_uri: BYE,
      scope: 'openid profile email',
      loadUserInfo: true,
      stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    });
    const { url } = await client.createSigninRequest({ nonce: 'n-1' });
    const page = await goThrough(await signedIn(), url);
    const signed = await client.processSigninResponse(page.url);
    expect(signed.profile).toMatchObject({ sub: memberId, email: 'ada@example.com', name: 'ada' });
    const { refresh_token: token, id_token: hint, profile, scope } = signed;
    const state = {
      refresh_token: token ?? '',
      id_token: hint ?? '',
      session_state: null,
      scope: scope ?? '',
      profile,
    };
    const renewed = await client.useRefreshToken({ state: { ...state, data: undefined } });
    expect([renewed.isOpenId, renewed.refresh_token === token]).toEqual([true, false]);
    const leaving = await client.createSignoutRequest({ id_token_hint: hint ?? '', state: 's' });
    const place = await confirmSignOut(leaving.url);
    expect(place.startsWith(BYE)).toBe(true);
    expect((await client.processSignoutResponse(place)).error).toBe(null);
  });
});

describe('Auth.js, unmodified', () => {
  const ORIGIN = 'https://app.example.com';
  const cookies = new Map<string, string>();

  async function ask(config: AuthConfig, path: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const body = form && new URLSearchParams(form);
    const response = await Auth(
      new Request(ORIGIN + path, { headers: { cookie }, ...(body && { method: 'POST', body }) }),
      config,
    );
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      cookies.set(name, value);
    }
    return response;
  }

  it('signs in with PKCE, state and nonce, and knows who that is', async () => {
    const { clientId, clientSecret } = await register({ redirectUris: [`${ORIGIN}/auth/callback/latchkey`] });
    const config: AuthConfig = {
      basePath: '/auth',
      trustHost: true,
      secret: 'a secret of the app, which is nobody else’s',
      providers: [
        {
          id: 'latchkey',
          name: 'Latchkey',
          type: 'oidc',
          issuer: server.publicUrl,
          clientId,
          clientSecret: clientSecret ?? '',
          checks: ['pkce', 'state', 'nonce'],
        },
      ],
      logger: { error: (error) => expect.fail(String(error)) },
    };
    const { csrfToken } = (await (await ask(config, '/auth/csrf')).json()) as { csrfToken: string };
    const started = await ask(config, '/auth/signin/latchkey', { csrfToken, callbackUrl: ORIGIN });
    const page = await goThrough(await signedIn(), started.headers.get('location') ?? '');
    const { pathname, search } = new URL(page.url);
    await ask(config, pathname + search);
    const session = await (await ask(config, '/auth/session')).json();
    expect(session).toMatchObject({ user: { email: 'ada@example.com', name: 'ada' } });
    await ask(config, '/auth/signout', { csrfToken, callbackUrl: ORIGIN });
    expect(await (await ask(config, '/auth/session')).json()).toBe(null);
  });
});
