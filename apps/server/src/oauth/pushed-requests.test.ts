import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, goThrough, RelyingParty } from '@latchkey/testkit/relying-party';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time/index.ts';

let server: TestServer;
let app: RelyingParty;
let other: RelyingParty;
let browser: Browser;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, { scopes: ['openid'], firstParty: true });
  other = await RelyingParty.register(server, { scopes: ['openid'], firstParty: true });
  browser = new Browser(server);
  await browser.signIn(ADMIN.email, ADMIN.password);
});
afterAll(() => server.close());

async function parameters(more: Record<string, string> = {}) {
  const begun = await app.begin(more);
  return { ...begun, form: Object.fromEntries(new URL(begun.url).searchParams) };
}

const push = async (more: Record<string, string> = {}) =>
  app.post('/oauth/par', (await parameters(more)).form).then(({ body }) => String(body['request_uri']));
const addressOf = (requestUri: string, { clientId } = app) =>
  `/oauth/authorize?${new URLSearchParams({ client_id: clientId, request_uri: requestUri }).toString()}`;

describe('a pushed authorization request (RFC 9126)', () => {
  it('signs in with openid-client, and says no parameter in the browser', async () => {
    const { form, verifier, state } = await parameters();
    const url = await openid.buildAuthorizationUrlWithPAR(app.config, form);
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const { url: callback } = await goThrough(browser, url.href);
    expect((await app.redeem({ callback, verifier, state })).claims()?.aud).toBe(app.clientId);
  });

  it('is worth one answer: used again, by another app or after a minute it opens nothing', async () => {
    const used = await push();
    expect((await goThrough(browser, addressOf(used))).url).toContain('code=');
    const others = await push();
    const late = await push();
    const tries = [addressOf(used), addressOf(others, other), addressOf(`${others}x`)];
    server.clock.advance(MINUTE_MS + SECOND_MS);
    tries.push(addressOf(late));
    for (const address of tries) {
      const page = await browser.open(address);
      expect([address, page.status, page.headers['location']]).toEqual([address, 400, undefined]);
    }
  });

  it('asked for twenty times at once gives one code', async () => {
    const address = addressOf(await push());
    const pages = await Promise.all(Array.from({ length: 20 }, () => browser.open(address)));
    expect(pages.filter(({ url }) => url.includes('code='))).toHaveLength(1);
    expect(pages.filter(({ status }) => status >= 500)).toEqual([]);
    const errors = pages.flatMap(({ url }) => new URL(url).searchParams.get('error') ?? []);
    expect(new Set(errors)).toEqual(new Set(errors.length > 0 ? ['invalid_request_uri'] : []));
  });

  it.each<[string, Record<string, string>, string]>([
    ['a redirect that isn’t registered', { redirect_uri: 'https://evil.example/callback' }, 'invalid_request'],
    ['another pushed request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    ['a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ])('for %s is refused before anybody sees it', async (_what, more, error) => {
    const { status, body } = await app.post('/oauth/par', (await parameters(more)).form);
    expect([status, body['error']]).toEqual([400, error]);
  });

  it('needs the app’s secret, and a POST', async () => {
    const { form } = await parameters();
    const withoutSecret = await app.post('/oauth/par', form, null);
    expect([withoutSecret.status, withoutSecret.body['error']]).toEqual([401, 'invalid_client']);
    const { status } = await browser.request('GET', '/oauth/par');
    expect([404, 405]).toContain(status);
  });
});
