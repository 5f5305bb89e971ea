import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Some hundred requests each. */
const TIMEOUT_MS = 60_000;
const FORM = 'application/x-www-form-urlencoded';
const ENDPOINTS = ['token', 'introspect', 'revoke', 'par', 'device', 'userinfo'].map((name) => `/oauth/${name}`);
const PARAMETERS = [
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'acr_values',
  'login_hint',
  'claims',
  'id_token_hint',
  'ui_locales',
  'resource',
  'request',
  'request_uri',
  'response_mode',
  'display',
  'dpop_jkt',
  'registration',
  'authorization_details',
];
const VALUES = [
  '',
  '\0',
  'x'.repeat(9000),
  '%',
  '😀',
  '__proto__',
  '{"a":',
  '-1',
  'none login',
  '../..',
  '\r\nLocation: https://evil.example',

  'https://evil.example/',
  '//evil.example',
  'javascript:alert(1)',
  'https://app.example.com\\@evil.example/callback',
];

let server: TestServer;
let app: RelyingParty;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, {
    grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
    scopes: ['openid', 'offline_access', 'api_keys:read'],
  });
});
afterAll(() => server.close());

type Request = { url: string; method?: 'GET' | 'POST'; payload?: string; headers?: Record<string, string> };

/** What was answered by a failure, or sent the browser where nothing is registered. */
async function faultOf({ url, method = 'GET', payload, headers = {} }: Request): Promise<string[]> {
  const answer = await server.app.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
  const { location } = answer.headers;
  const place = location === undefined ? null : new URL(location, server.publicUrl);
  const isKnown =
    place === null || place.origin === server.publicUrl || place.origin + place.pathname === app.redirectUri;
  const asked = `${method} ${url.slice(0, 200)} ${JSON.stringify(headers).slice(0, 200)} ${payload?.slice(0, 80)}`;
  return answer.statusCode < 500 && isKnown ? [] : [`${asked}: ${answer.statusCode} ${location}`];
}

const faultsOf = async (requests: readonly Request[]) => (await Promise.all(requests.map(faultOf))).flat();

async function authorizationWith(change: (query: URLSearchParams) => void): Promise<string> {
  const { pathname, searchParams } = new URL((await app.begin()).url);
  change(searchParams);
  return `${pathname}?${searchParams.toString()}`;
}

describe.each(['a stranger', 'a person'])('an authorization request of %s', (who) => {
  const headers: Record<string, string> = {};
  beforeAll(async () => {
    if (who === 'a stranger') return;
    const browser = new Browser(server);
    await browser.signIn(ADMIN.email, ADMIN.password);
    headers['cookie'] = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  });

  it('that makes no sense is refused, and leads nowhere else', { timeout: TIMEOUT_MS }, async () => {
    const changes = PARAMETERS.flatMap((name) => [
      ...VALUES.map((value) => (query: URLSearchParams) => query.set(name, value)),
      (query: URLSearchParams) => query.delete(name),
      (query: URLSearchParams) => query.append(name, query.get(name) ?? 'x'),
      (query: URLSearchParams) => query.append(`${name}[]`, 'x'),
    ]);
    const urls = await Promise.all(changes.map(authorizationWith));
    const malformed = ['?client_id=%E0%A4%A', `?${'a=1&'.repeat(600)}`, '/%00', '/..%2f..', `/${'a'.repeat(500)}`];
    urls.push(...malformed.map((each) => `/oauth/authorize${each}`));
    expect(await faultsOf(urls.map((url) => ({ url, headers })))).toEqual([]);
    const posted = urls.map((url) => ({ url: '/oauth/authorize', payload: url.slice(url.indexOf('?') + 1) }));
    const form = { ...headers, 'content-type': FORM };
    expect(await faultsOf(posted.map((each) => ({ ...each, method: 'POST', headers: form })))).toEqual([]);
  });

  it('to sign out that makes no sense is refused, and leads nowhere else', { timeout: TIMEOUT_MS }, async () => {
    const queries = [
      ...VALUES.flatMap((value) =>
        ['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id', 'logout_hint', 'ui_locales'].map((name) =>
          new URLSearchParams({ [name]: value }).toString(),
        ),
      ),
      'id_token_hint=a.b.c',
      'id_token_hint=e30.e30.',
      'state=1&state=2',
      `client_id=${app.clientId}&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F`,
    ];
    expect(await faultsOf(queries.map((query) => ({ url: `/oauth/sign-out?${query}`, headers })))).toEqual([]);
  });
});

describe.each(ENDPOINTS)('%s', (url) => {
  const BODIES = [
    '',
    '{"grant_type":"x"}',
    'a'.repeat(60_000),
    'a=%',
    'a&&&==&=%00',
    'token=%00',
    'token=x&token=y',
    'grant_type=client_credentials&grant_type=x',
    '__proto__=1&constructor=2',
    'client_id[]=1',
    'scope=%00',
  ];

  it('answers what it can’t read by the RFC’s error', { timeout: TIMEOUT_MS }, async () => {
    const types = [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      `${FORM}; charset=utf-16`,
      'x',
      '',
    ];
    for (const type of types) {
      const headers = { authorization: app.basic(), 'content-type': type };
      const requests = BODIES.map((payload) => ({ url, method: 'POST', payload, headers }) as const);
      expect(await faultsOf(requests)).toEqual([]);
    }
    const answer = await app.post(url, { grant_type: 'x' }, app.basic(), { 'content-type': 'x' });
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('lets nobody in by a broken proof of who asks', { timeout: TIMEOUT_MS }, async () => {
    const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const proofs = [
      'Basic',
      'Basic !!!',
      'Bearer x',
      'DPoP x',
      `Basic ${'A'.repeat(7000)}`,
      `${app.basic()}, Basic x`,
      ...['nocolon', ':', `${app.clientId}:`, '%zz:%zz', '\0:\0', `${app.clientId}:wrong`].map(encoded),
    ];
    for (const authorization of proofs) {
      const { status } = await app.post(url, { grant_type: 'client_credentials', token: 'x' }, authorization);
      expect([authorization.slice(0, 40), [400, 401].includes(status)]).toEqual([authorization.slice(0, 40), true]);
    }
  });
});

describe('the token endpoint', () => {
  it('takes one proof of who asks, not two', async () => {
    const form = { grant_type: 'client_credentials' };
    const secret = { client_id: app.clientId, client_secret: app.clientSecret ?? '' };
    const assertion = {
      client_assertion: 'a.b.c',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    for (const more of [secret, assertion, { client_id: 'app_other' }]) {
      const { status, body } = await app.post('/oauth/token', { ...form, ...more });
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    }
  });
});
