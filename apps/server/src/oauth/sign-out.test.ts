import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BYE = 'https://app.example.com/bye';

let server: TestServer;
let app: RelyingParty;
/** What the app's own server is told, and what it answers. */
let site: Server;
let told: string[] = [];
let status = 200;
beforeAll(async () => {
  server = await openTestServer();
  site = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      told.push(body);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  app = await RelyingParty.register(server, {
    postLogoutRedirectUris: [BYE],
    backchannelLogoutUri: `http://127.0.0.1:${port}/signed-out`,
    firstParty: true,
  });
});
afterAll(async () => {
  site.close();
  await server.close();
});

async function connected() {
  const browser = new Browser(server);
  await browser.signIn(ADMIN.email, ADMIN.password);
  const tokens = await app.connect(browser);
  return { browser, hint: tokens.id_token ?? '', claims: tokens.claims() };
}

const ask = (browser: Browser, parameters: Record<string, string>) =>
  browser.open(`/oauth/sign-out?${new URLSearchParams(parameters).toString()}`);

/** Presses the page's button, and gives where it leads. */
async function confirm(browser: Browser, page: string, answer: Record<string, string> = { logout: 'yes' }) {
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
  const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  return server.app.inject({
    method: 'POST',
    url: '/oauth/sign-out/confirm',
    headers: { cookie, origin: server.publicUrl, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ xsrf, ...answer }).toString(),
  });
}

const isIn = async (browser: Browser) => (await browser.request('GET', '/api/v1/me')).status === 200;
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('signing out from an app (OpenID Connect RP-Initiated Logout)', () => {
  it('is offered [oidcc-rp-initiated-logout-discovery-endpoint-verification]', () => {
    expect(app.config.serverMetadata()['end_session_endpoint']).toBe(`${server.publicUrl}/oauth/sign-out`);
  });

  it.each<[string, (hint: string) => Record<string, string>, string]>([
    [
      '[oidcc-rp-initiated-logout]',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' }),
      `${BYE}?state=s`,
    ],
    ['[oidcc-rp-initiated-logout-no-state]', (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: BYE }), BYE],
    ['[oidcc-rp-initiated-logout-no-params]', () => ({}), '/oauth/sign-out/success'],
    ['[oidcc-rp-initiated-logout-only-state]', () => ({ state: 's' }), '/oauth/sign-out/success'],
    [
      '[oidcc-rp-initiated-logout-no-post-logout-redirect-uri]',
      (hint) => ({ id_token_hint: hint, state: 's' }),
      '/oauth/sign-out/success',
    ],
    [
      '[oidcc-rp-initiated-logout-no-id-token-hint]',
      () => ({ post_logout_redirect_uri: BYE, state: 's' }),
      '/oauth/sign-out/success',
    ],
  ])('asks, ends the session and goes on %s', async (_module, parameters, place) => {
    const { browser, hint } = await connected();
    const page = await ask(browser, parameters(hint));
    expect([page.status, await isIn(browser)]).toEqual([200, true]);
    const answer = await confirm(browser, page.body);
    expect(String(answer.headers.location).replace(server.publicUrl, '')).toBe(place);
    expect(await isIn(browser)).toBe(false);
  });

  it.each<[string, (hint: string) => Record<string, string>]>([
    [
      '[oidcc-rp-initiated-logout-bad-post-logout-redirect-uri]',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' }),
    ],
    [
      '[oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri]',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: `${BYE}?foo=bar` }),
    ],
    [
      '[oidcc-rp-initiated-logout-modified-id-token-hint]',
      (hint) => ({
        id_token_hint: `${encoded({ alg: 'none' })}.${hint.split('.')[1]}.`,
        post_logout_redirect_uri: BYE,
      }),
    ],
    [
      '[oidcc-rp-initiated-logout-bad-id-token-hint]',
      (hint) => ({
        id_token_hint: `${hint.split('.').slice(0, 2).join('.')}.${'A'.repeat(512)}`,
        post_logout_redirect_uri: BYE,
      }),
    ],
  ])('shows what is wrong, and ends and goes nowhere %s', async (_module, parameters) => {
    const { browser, hint } = await connected();
    const page = await ask(browser, parameters(hint));
    expect([page.status, page.headers['location'], await isIn(browser)]).toEqual([400, undefined, true]);
  });

  it('is no button that another site can press', async () => {
    const { browser, hint } = await connected();
    await ask(browser, { id_token_hint: hint });
    expect((await confirm(browser, '')).statusCode).toBe(400);
    expect(await isIn(browser)).toBe(true);
  });

  it('refused leaves the session', async () => {
    const { browser, hint } = await connected();
    const page = await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE });
    const { statusCode } = await confirm(browser, page.body, {});
    expect([statusCode, await isIn(browser)]).toEqual([303, true]);
  });
});

describe('the app’s own server (OpenID Connect Back-Channel Logout)', () => {
  async function signOut() {
    told = [];
    const { browser, hint, claims } = await connected();
    const page = await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE });
    const { statusCode } = await confirm(browser, page.body);
    return { claims, outcome: [statusCode, await isIn(browser)] };
  }

  it('is told of it by a signed statement about that session', async () => {
    const { claims } = await signOut();
    expect(told).toHaveLength(1);
    const token = new URLSearchParams(told[0]).get('logout_token') ?? '';
    const { body } = await server.stranger().request('GET', '/.well-known/jwks.json');
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(body as never), {
      issuer: server.publicUrl,
      audience: app.clientId,
    });
    expect(protectedHeader.typ).toBe('logout+jwt');
    expect(payload).toMatchObject({ sub: claims?.sub, sid: claims?.['sid'] });
    expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect([payload['nonce'], typeof payload.jti]).toEqual([undefined, 'string']);
  });

  it.each([[500], [302]])('that answers %i is not followed, and holds nobody back', async (answer) => {
    status = answer;
    expect((await signOut()).outcome).toEqual([303, false]);
    expect(told).toHaveLength(1);
    expect(server.logged()).toContain('an app was not told of a sign-out');
    status = 200;
  });
});
