import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { COMMAND_LINE } from '../actors/index.ts';
import { SESSION_LIFETIME_MS } from '../sessions/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';

const BYE = 'https://app.example.com/bye';

let server: TestServer;
let app: RelyingParty;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, { postLogoutRedirectUris: [BYE], firstParty: true });
});
afterAll(() => server.close());

async function connected() {
  const browser = new Browser(server);
  await browser.signIn(ADMIN.email, ADMIN.password);
  const tokens = await app.connect(browser);
  return { browser, hint: tokens.id_token ?? '' };
}

const ask = (browser: Browser, parameters: Record<string, string>) =>
  browser.open(`/oauth/sign-out?${new URLSearchParams(parameters).toString()}`);

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
    const answer = await browser.confirmSignOut(page);
    expect(String(answer.headers['location']).replace(server.publicUrl, '')).toBe(place);
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

  it('of whoever is signed out already goes on to the registered place, without a script', async () => {
    const { browser, hint } = await connected();
    await browser.call('mutation', 'session.end');
    const page = await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('You are signed out')]);
    expect(page.body).not.toContain('<script');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).toContain(`form-action 'self' ${new URL(BYE).origin}`);
    const { status, headers } = await browser.confirmSignOut(page);
    expect([status, headers['location']]).toEqual([303, `${BYE}?state=s`]);
  });

  it('is no button that another site can press', async () => {
    const { browser, hint } = await connected();
    await ask(browser, { id_token_hint: hint });
    expect(
      (await browser.request('POST', '/oauth/sign-out/confirm', new URLSearchParams({ logout: 'yes' }))).status,
    ).toBe(400);
    expect(await isIn(browser)).toBe(true);
  });

  it('refused leaves the session', async () => {
    const { browser, hint } = await connected();
    const page = await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE });
    const { status } = await browser.confirmSignOut(page, {});
    expect([status, await isIn(browser)]).toEqual([303, true]);
  });
});

describe('an ID token as a hint, when the key that signed it no longer signs', () => {
  let own: TestServer;
  let client: RelyingParty;
  beforeAll(async () => {
    own = await openTestServer();
    client = await RelyingParty.register(own, { postLogoutRedirectUris: [BYE], firstParty: true });
  });
  afterAll(() => own.close());

  const connect = async () => {
    const browser = new Browser(own);
    await browser.signIn(ADMIN.email, ADMIN.password);
    const { id_token: hint = '' } = await client.connect(browser);
    return { browser, hint, kid: decodeProtectedHeader(hint).kid };
  };
  const published = async () => {
    const { body } = await own.stranger().request<{ keys: { kid: string }[] }>('GET', '/.well-known/jwks.json');
    return body.keys.map(({ kid }) => kid);
  };
  const statusOf = async (browser: Browser, hint: string) =>
    (await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE })).status;

  it('is good though the key was replaced by hand and is no longer published, and signs nothing', async () => {
    await connect();
    own.clock.advance(2 * HOUR_MS);
    const { browser, hint, kid } = await connect();
    await own.services.signingKeys.rotate(COMMAND_LINE);
    own.clock.advance(70 * MINUTE_MS);
    expect(await published()).not.toContain(kid);
    const again = await client.connect(browser, { prompt: 'none', id_token_hint: hint });
    expect(await published()).toContain(decodeProtectedHeader(again.id_token ?? '').kid);
    const answer = await browser.confirmSignOut(
      await ask(browser, { id_token_hint: hint, post_logout_redirect_uri: BYE }),
    );
    expect(answer.headers['location']).toBe(BYE);
  });

  it('is good for as long as its session may last, and not much longer', { timeout: 60_000 }, async () => {
    const keys = await own.services.signingKeys.list();
    const next = keys.find(({ algorithm, status }) => algorithm === 'RS256' && status === 'next');
    own.clock.advance((next?.activeFromMs ?? 0) - MINUTE_MS - own.clock.now());
    const { hint, kid } = await connect();
    own.clock.advance(SESSION_LIFETIME_MS - DAY_MS);
    await connect();
    own.clock.advance(DAY_MS - MINUTE_MS);
    expect(await published()).not.toContain(kid);
    expect(await statusOf(new Browser(own), hint)).toBe(200);
    own.clock.advance(2 * HOUR_MS);
    expect(await statusOf(new Browser(own), hint)).toBe(400);
  });
});
