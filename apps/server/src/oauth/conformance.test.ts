import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, goThrough, RelyingParty } from '@latchkey/testkit/relying-party';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The modules of OpenID's "OP Basic" plan by their own names, as far as code-flow.test.ts and tokens.test.ts don't hold them.
 */

let server: TestServer;
let app: RelyingParty;
let other: RelyingParty;
let browser: Browser;
let memberId: string;
beforeAll(async () => {
  server = await openTestServer();
  const scopes = ['openid', 'profile', 'email', 'offline_access', 'api_keys:read'];
  app = await RelyingParty.register(server, { scopes, firstParty: true });
  other = await RelyingParty.register(server, { scopes, firstParty: true }, openid.ClientSecretPost());
  memberId = (await (await server.person('ada@example.com')).api.me.get.query()).id;
  browser = new Browser(server);
  await browser.signIn('ada@example.com', ADMIN.password);
});
afterAll(() => server.close());

const opaque = (scope: string, more: Record<string, string> = {}) => app.connect(browser, { scope, ...more });

async function userinfo(token: string): Promise<Record<string, unknown>> {
  return openid.fetchUserInfo(app.config, token, memberId);
}

describe('two apps with one person [oidcc-server] [oidcc-server-client-secret-post]', () => {
  it('sign in, one by basic and one by post, and neither takes the other’s code', async () => {
    const authorized = await app.authorize(browser);
    await expect(other.redeem(authorized)).rejects.toMatchObject({ error: 'invalid_grant' });
    const [one, two] = [await app.connect(browser), await other.connect(browser)];
    expect([one.claims()?.sub, two.claims()?.sub]).toEqual([memberId, memberId]);
    expect([one.claims()?.aud, two.claims()?.aud]).toEqual([app.clientId, other.clientId]);
  });
});

describe('userinfo', () => {
  it('answers by GET, by POST with a header and by POST with a form [oidcc-userinfo-get] [oidcc-userinfo-post-header] [oidcc-userinfo-post-body]', async () => {
    const { access_token: token } = await opaque('openid');
    const authorization = `Bearer ${token}`;
    const byHeader = await app.post('/oauth/userinfo', { unused: '' }, authorization);
    const byBody = await app.post('/oauth/userinfo', { access_token: token }, null);
    expect([byHeader.body, byBody.body, await userinfo(token)]).toEqual([
      { sub: memberId },
      { sub: memberId },
      { sub: memberId },
    ]);
    expect((await app.post('/oauth/userinfo', { access_token: token }, authorization)).status).toBe(400);
  });

  const email = { email: 'ada@example.com', email_verified: false };
  it.each([
    ['[oidcc-scope-profile]', 'openid profile', { name: 'ada' }],
    ['[oidcc-scope-email]', 'openid email', email],
    ['[oidcc-scope-address]', 'openid address', {}],
    ['[oidcc-scope-phone]', 'openid phone', {}],
    ['[oidcc-scope-all]', 'openid profile email address phone', { name: 'ada', ...email }],
    ['[oidcc-alternate-happy-flow]', 'email profile openid', { name: 'ada', ...email }],
  ])('tells what the scope brings %s', async (_module, scope, claims) => {
    expect(await userinfo((await opaque(scope)).access_token)).toEqual({ sub: memberId, ...claims });
  });

  it('tells what is asked for by name [oidcc-claims-essential]', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    expect(await userinfo((await opaque('openid', { claims })).access_token)).toEqual({ sub: memberId, name: 'ada' });
  });
});

describe('an authorization request', () => {
  it.each<[string, Record<string, string>]>([
    ['[oidcc-display-page]', { display: 'page' }],
    ['[oidcc-display-popup]', { display: 'popup' }],
    ['[oidcc-ui-locales]', { ui_locales: 'se de en' }],
    ['[oidcc-claims-locales]', { claims_locales: 'se de en' }],
    ['[oidcc-ensure-request-with-unknown-parameter-succeeds]', { extra: 'foobar' }],
    ['[oidcc-ensure-request-without-nonce-succeeds-for-code-flow]', {}],
    ['[oidcc-ensure-request-with-valid-pkce-succeeds]', {}],
    ['with a long state', { state: 'x'.repeat(384) }],
  ])('goes through %s', async (_module, parameters) => {
    const begun = await app.authorize(browser, parameters);
    const { state = begun.state } = parameters;
    expect((await app.redeem({ ...begun, state })).claims()?.sub).toBe(memberId);
  });

  it('with parameters in another order goes through [oidcc-alternate-happy-flow]', async () => {
    const begun = await app.begin();
    const url = new URL(begun.url);
    const turned = new URLSearchParams([...url.searchParams].toReversed());
    const { url: callback } = await goThrough(browser, `${url.pathname}?${turned.toString()}`);
    expect((await app.redeem({ ...begun, callback })).claims()?.sub).toBe(memberId);
  });

  it('that asks for a class of authentication gets one back [oidcc-ensure-request-with-acr-values-succeeds]', async () => {
    const tokens = await app.connect(browser, { acr_values: '1 2' });
    expect(tokens.claims()?.['acr']).toBe('1');
  });

  it('with a hint of who it is about answers silently, and not about somebody else [oidcc-id-token-hint]', async () => {
    const { id_token: hint = '' } = await app.connect(browser);
    const again = await app.connect(browser, { prompt: 'none', id_token_hint: hint });
    expect(again.claims()?.sub).toBe(memberId);
    const admin = new Browser(server);
    await admin.signIn();
    const { callback } = await app.authorize(admin, { prompt: 'none', id_token_hint: hint });
    expect(new URL(callback).searchParams.get('error')).toBe('login_required');
  });

  const request = [
    Buffer.from('{"alg":"none"}').toString('base64url'),
    Buffer.from('{"redirect_uri":"https://evil.example/callback","scope":"openid"}').toString('base64url'),
    '',
  ].join('.');
  it.each([
    [
      '[oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported] [oidcc-ensure-request-object-with-redirect-uri]',
      { request },
      'request_not_supported',
    ],
    [
      '[oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported]',
      { request_uri: 'https://app.example.com/request.jwt' },
      'request_uri_not_supported',
    ],
  ])('in an object is refused, not ignored %s', async (_module, parameters, error) => {
    const { callback, state } = await app.authorize(browser, parameters);
    const { origin, searchParams } = new URL(callback);
    expect([origin, searchParams.get('error'), searchParams.get('state')]).toEqual([
      'https://app.example.com',
      error,
      state,
    ]);
  });
});

describe('ID tokens', () => {
  it('can’t be asked for unsigned [oidcc-idtoken-unsigned]', async () => {
    const { id_token_signing_alg_values_supported: offered } = app.config.serverMetadata();
    expect(offered).toEqual(['RS256']);
    const admin = await server.admin();
    const body = { name: 'x', redirectUris: [app.redirectUri], id_token_signed_response_alg: 'none' };
    expect((await admin.rest('POST', '/apps', body)).status).toBe(400);
  });
});

describe('a refresh', () => {
  it('works for its app alone, isn’t cached, and tells the same person [oidcc-refresh-token]', async () => {
    const authorized = await app.authorize(browser, { scope: 'openid offline_access', nonce: 'n-1' });
    const first = await app.redeem({ ...authorized, nonce: 'n-1' });
    const token = first.refresh_token ?? '';
    expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    const stolen = openid.refreshTokenGrant(other.config, token);
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' });
    const { headers, body } = await app.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
    expect(headers['cache-control']).toContain('no-store');
    const again = await openid.refreshTokenGrant(app.config, String(body['refresh_token']));
    for (const claim of ['iss', 'sub', 'aud', 'auth_time']) {
      expect([claim, again.claims()?.[claim]]).toEqual([claim, first.claims()?.[claim]]);
    }
  });
});
