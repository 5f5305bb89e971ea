import type { Me } from '@latchkey/schemas';
import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, goThrough, RelyingParty } from '@latchkey/testkit/relying-party';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time/index.ts';

let server: TestServer;
let app: RelyingParty;
let browser: Browser;
let memberId: string;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, {
    scopes: ['openid', 'profile', 'email', 'api_keys:read', 'users:read'],
  });
  const member = await server.person('ada@example.com');
  memberId = (await member.api.me.get.query()).id;
});
afterAll(() => server.close());

async function signedIn(email = 'ada@example.com'): Promise<Browser> {
  browser = new Browser(server);
  await browser.signIn(email, ADMIN.password);
  return browser;
}

const meBy = (token: string) =>
  server
    .stranger()
    .with({ authorization: `Bearer ${token}` })
    .rest<Me>('GET', '/me');
const errorAt = (url: string) => new URL(url).searchParams.get('error');

describe('openid-client, unmodified', () => {
  it('signs a person in: discovery, PKCE, consent, tokens, userinfo [oidcc-server] [oidcc-userinfo-get]', async () => {
    const authorized = await app.authorize(await signedIn(), { scope: 'openid profile email', nonce: 'n-1' });
    const tokens = await app.redeem({ ...authorized, nonce: 'n-1' });
    const claims = tokens.claims()!;
    expect(claims).toMatchObject({ iss: server.publicUrl, sub: memberId, aud: app.clientId, nonce: 'n-1' });
    const info = await openid.fetchUserInfo(app.config, tokens.access_token, memberId);
    expect(info).toEqual({ sub: memberId, name: 'ada', email: 'ada@example.com', email_verified: false });
  });

  it('verifies the ID token: RS256, by a published key of 3072 bits [oidcc-idtoken-signature] [V11.2.3]', async () => {
    const { id_token: idToken = '' } = await app.connect(await signedIn());
    const { body } = await server.stranger().request<{ keys: object[] }>('GET', '/.well-known/jwks.json');
    const header = decodeProtectedHeader(idToken);
    const key = body.keys.find((each) => (each as { kid: string }).kid === header.kid) as { n: string };
    expect(header.alg).toBe('RS256');
    expect(Buffer.from(key.n, 'base64url').length * 8).toBe(3072);
    await jwtVerify(idToken, createLocalJWKSet(body as never), { audience: app.clientId });
  });

  it('gets an access token of RFC 9068 for the permissions that it asked for, which work here', async () => {
    const tokens = await app.connect(await signedIn(), { scope: 'openid api_keys:read' });
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { status, body } = await meBy(tokens.access_token);
    expect([status, body.id, body.permissions]).toEqual([200, memberId, ['api_keys:read']]);
  });

  it('gets no permission that the person lacks, and is told which it got', async () => {
    const tokens = await app.connect(await signedIn(), { scope: 'openid api_keys:read users:read' });
    expect(tokens.scope).toBe('api_keys:read');
  });
});

describe('consent', () => {
  it('is asked for once, names what the app wants, where it leads and what it won’t get', async () => {
    const asking = await RelyingParty.register(server, { scopes: ['openid', 'api_keys:read', 'users:read'] });
    const { url } = await asking.begin({ scope: 'openid api_keys:read users:read' });
    const page = await (await signedIn()).open(url);
    const id = page.url.split('/').at(-1);
    expect(await browser.call('query', 'consent.get', { id })).toEqual({
      app: { id: asking.clientId, name: 'Notes app', documentHost: null },
      account: 'ada@example.com',
      allows: [
        { name: 'openid', description: 'Know which account is yours.' },
        { name: 'api_keys:read', description: 'See your own API keys.' },
      ],
      lacks: [{ name: 'users:read', description: 'See people, their roles and their sessions.' }],
      redirectHost: 'app.example.com',
    });
    expect(errorAt((await goThrough(browser, page.url)).url)).toBe(null);
    const again = await browser.open((await asking.begin({ scope: 'openid api_keys:read' })).url);
    expect(again.url).toMatch(/^https:\/\/app\.example\.com\/callback\?code=/);
  });

  it('refused, is told to the app with its state and our name [P38]', async () => {
    const asking = await RelyingParty.register(server);
    const { url, state } = await asking.begin();
    const { searchParams } = new URL((await goThrough(await signedIn(), url, false)).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'access_denied', state, iss: server.publicUrl });
  });

  it('is given by nobody but the person who was asked, in the session in which they were [B12] [B22] [P41]', async () => {
    const asking = await RelyingParty.register(server);
    const page = await (await signedIn()).open((await asking.begin()).url);
    const id = page.url.split('/').at(-1);
    const others = [await signedInElsewhere(ADMIN.email), await signedInElsewhere('ada@example.com')];
    for (const other of others) {
      await expect(other.call('query', 'consent.get', { id })).rejects.toThrow('not_found');
      await expect(other.call('mutation', 'consent.decide', { id, allow: true })).rejects.toThrow('not_found');
      expect((await other.open(`/oauth/authorize/${id}`)).status).toBe(400);
    }
    const forged = await server.app.inject({
      method: 'POST',
      url: '/trpc/consent.decide',
      headers: {
        origin: 'https://evil.example',
        'content-type': 'application/json',
        cookie: `__Host-latchkey=${browser.cookies.get('__Host-latchkey')?.value}`,
      },
      payload: JSON.stringify({ id, allow: true }),
    });
    expect(forged.statusCode).toBe(403);
  });
});

async function signedInElsewhere(email: string): Promise<Browser> {
  const other = new Browser(server);
  await other.signIn(email, ADMIN.password);
  return other;
}

describe('a code', () => {
  it('works once: used again it is refused, and what came from it ends [oidcc-codereuse] [V10.4.2]', async () => {
    const authorized = await app.authorize(await signedIn(), { scope: 'openid api_keys:read' });
    const tokens = await app.redeem(authorized);
    expect((await meBy(tokens.access_token)).status).toBe(200);
    await expect(app.redeem(authorized)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await meBy(tokens.access_token)).status).toBe(401);
    const refreshed = openid.refreshTokenGrant(app.config, tokens.refresh_token ?? '');
    await expect(refreshed).rejects.toMatchObject({ error: 'invalid_grant' });
    const { items } = await (await server.admin()).api.audit.list.query({ limit: 5 });
    expect(items.map(({ act }) => act)).toContain('grant.code_reused');
  });

  it('is worth nothing after a minute [oidcc-codereuse-30seconds]', async () => {
    const authorized = await app.authorize(await signedIn());
    server.clock.advance(MINUTE_MS + SECOND_MS);
    await expect(app.redeem(authorized)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('redeemed twenty times at once gives one token set and no 5xx [B05] [P01] [P02]', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { callback, verifier } = await app.authorize(round === 0 ? await signedIn() : browser);
      const form = {
        grant_type: 'authorization_code',
        code: new URL(callback).searchParams.get('code') ?? '',
        redirect_uri: app.redirectUri,
        code_verifier: verifier,
      };
      const answers = await Promise.all(Array.from({ length: 20 }, () => app.post('/oauth/token', form)));
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
    }
  });

  it('of one app is refused to another, and with another verifier or redirect [P03] [B17]', async () => {
    const other = await RelyingParty.register(server);
    const { callback, verifier } = await app.authorize(await signedIn());
    const code = new URL(callback).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier };
    const tries = [
      await other.post('/oauth/token', form),
      await app.post('/oauth/token', { ...form, code_verifier: `${verifier}x` }),
      await app.post('/oauth/token', { ...form, code_verifier: '' }),
      await app.post('/oauth/token', { ...form, redirect_uri: 'https://app.example.com/callback2' }),
      await app.post('/oauth/token', { ...form, code: code.slice(0, -1) }),
    ];
    expect(tries.map(({ status, body }) => [status, body['error']])).toEqual(tries.map(() => [400, 'invalid_grant']));
  });
});

describe('an authorization request', () => {
  it.each([
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a response type [oidcc-response-type-missing]', { response_type: '' }, 'invalid_request'],
    ['for a token [P39]', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['for a resource that isn’t there [B09]', { resource: 'https://nobody.example' }, 'invalid_target'],
  ])('%s goes back with the RFC’s error, its state and our name [P37] [P38]', async (_what, parameters, error) => {
    const { url, state } = await app.begin(parameters);
    const cleaned = new URL(url);
    for (const [name, value] of Object.entries(parameters)) if (value === '') cleaned.searchParams.delete(name);
    const page = await (await signedIn()).open(cleaned.href);
    const { search, hash } = new URL(page.url);
    const answered = new URLSearchParams(search || hash.slice(1));
    expect([answered.get('error'), answered.get('state'), answered.get('iss')]).toEqual([
      error,
      state,
      server.publicUrl,
    ]);
  });

  it('with a redirect that isn’t registered shows a page and goes nowhere [oidcc-ensure-registered-redirect-uri] [P32] [P34]', async () => {
    const places = [
      'https://evil.example/callback',
      'https://app.example.com/callback/../evil',
      'https://app.example.com/callback?x',
      'https://app.example.com/callback#x',
      'https://app.example.com@evil.example/callback',
      'https://a@b@app.example.com/callback',
      'https://app.example.com.evil.example/callback',
      'https://APP.example.com/callback',
      'https:/app.example.com/callback',
      'https://app.example.com:443/callback',
      '//evil.example/callback',
      'javascript:alert(1)',
      'http://localhost.evil.example/callback',
    ];
    await signedIn();
    for (const place of places) {
      const page = await browser.open((await app.begin({ redirect_uri: place })).url);
      expect([place, page.status, page.headers['location']]).toEqual([place, 400, undefined]);
      expect(page.body).toContain('The app can’t be connected');
    }
  });

  it('by a form of another site goes on as a GET, with the visitor’s session [oidcc-ensure-post-request-succeeds]', async () => {
    const { url } = await app.begin();
    const { search } = new URL(url);
    const answer = await server.app.inject({
      method: 'POST',
      url: '/oauth/authorize',
      headers: { origin: 'https://app.example.com', 'content-type': 'application/x-www-form-urlencoded' },
      payload: search.slice(1),
    });
    expect(answer.statusCode).toBe(303);
    const page = await goThrough(await signedIn(), String(answer.headers.location));
    expect(page.url).toContain('code=');
  });

  it('of somebody who isn’t signed in leads to the sign-in page and back [oidcc-login-hint]', async () => {
    const { url } = await app.begin({ login_hint: 'ada@example.com' });
    const visitor = new Browser(server);
    const page = await visitor.open(url);
    const { pathname, searchParams } = new URL(page.url);
    expect([pathname, searchParams.get('email')]).toEqual(['/sign-in', 'ada@example.com']);
    await visitor.signIn('ada@example.com', ADMIN.password);
    expect((await goThrough(visitor, searchParams.get('next') ?? '')).url).toContain('code=');
  });

  it('begun in one browser is not finished in another [B22]', async () => {
    const page = await new Browser(server).open((await app.begin()).url);
    const next = new URL(page.url).searchParams.get('next') ?? '';
    const other = await signedIn();
    expect((await other.open(next)).status).toBe(400);
  });
});

describe('prompt and max_age', () => {
  it('none answers silently for who is signed in, and login_required for who isn’t [oidcc-prompt-none-logged-in] [oidcc-prompt-none-not-logged-in]', async () => {
    const first = await app.connect(await signedIn());
    const again = await app.connect(browser, { prompt: 'none' });
    expect([again.claims()?.sub, again.claims()?.['auth_time']]).toEqual([
      first.claims()?.sub,
      first.claims()?.['auth_time'],
    ]);
    const page = await new Browser(server).open((await app.begin({ prompt: 'none' })).url);
    expect(errorAt(page.url)).toBe('login_required');
  });

  it('login asks again, and going back without signing in asks again [oidcc-prompt-login]', async () => {
    await app.connect(await signedIn());
    const page = await browser.open((await app.begin({ prompt: 'login', max_age: '10000' })).url);
    const next = new URL(page.url).searchParams.get('next') ?? '';
    expect(new URL(page.url).pathname).toBe('/sign-in');
    expect(new URL((await browser.open(next)).url).pathname).toBe('/sign-in');
    const once = await browser.open((await app.begin({ prompt: 'login' })).url);
    server.clock.advance(SECOND_MS);
    await browser.signIn('ada@example.com', ADMIN.password);
    expect((await browser.open(new URL(once.url).searchParams.get('next') ?? '')).url).toContain('code=');
  });

  it('max_age asks who signed in too long ago, and nobody else [oidcc-max-age-1] [oidcc-max-age-10000]', async () => {
    const fresh = await app.connect(await signedIn(), { max_age: '10000' });
    expect(fresh.claims()?.['auth_time']).toBe(Math.floor(server.clock.now() / SECOND_MS));
    server.clock.advance(3 * SECOND_MS);
    const page = await browser.open((await app.begin({ max_age: '1' })).url);
    expect(new URL(page.url).pathname).toBe('/sign-in');
  });
});
