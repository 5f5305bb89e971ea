import { join } from 'node:path';

import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, goThrough, RelyingParty } from '@latchkey/testkit/relying-party';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let server: TestServer;
let app: RelyingParty;
let browser: Browser;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, {
    scopes: ['openid', 'api_keys:read', 'api_keys:verify', 'tokens:introspect'],
    grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
    firstParty: true,
  });
  browser = new Browser(server);
  await browser.signIn(ADMIN.email, ADMIN.password);
});
afterAll(() => server.close());

const codeOf = (callback: string) => new URL(callback).searchParams.get('code') ?? '';
const begin = async () => (await app.post('/oauth/device', { scope: 'openid' })).body;

describe('a credential of one kind', () => {
  /** One of each, all good where they belong. */
  async function everyKind(): Promise<Record<string, string>> {
    const opaque = await app.connect(browser, { scope: 'openid' });
    const forHere = await app.connect(browser, { scope: 'openid api_keys:read' });
    const { callback } = await app.authorize(browser);
    const admin = await server.admin();
    const { secret } = await admin.api.apiKeys.create.mutate({ name: 'k', permissions: ['api_keys:read'] });
    const device = await begin();
    return {
      'an access token for userinfo': opaque.access_token,
      'an access token for the API': forHere.access_token,
      'an ID token': opaque.id_token ?? '',
      'a refresh token': opaque.refresh_token ?? '',
      'a code': codeOf(callback),
      'a device’s code': String(device['device_code']),
      'a user code': String(device['user_code']),
      'an API key': secret,
      'an app’s secret': app.clientSecret ?? '',
      'a session cookie': admin.cookie ?? '',
    };
  }

  const bearing = (text: string) => server.stranger().with({ authorization: `Bearer ${text}` });
  const token = async (form: Record<string, string>) => (await app.post('/oauth/token', form)).status;
  const SLOTS: Record<string, { takes: string[]; status: (text: string) => Promise<number> }> = {
    'the API’s header': {
      takes: ['an access token for the API', 'an API key'],
      status: async (text) => (await bearing(text).rest('GET', '/me')).status,
    },
    'userinfo’s header': {
      takes: ['an access token for userinfo'],
      status: async (text) => (await app.post('/oauth/userinfo', { unused: '' }, `Bearer ${text}`)).status,
    },
    'a refresh': {
      takes: ['a refresh token'],
      status: (text) => token({ grant_type: 'refresh_token', refresh_token: text }),
    },
    'a redemption': {
      // With nobody's verifier not even a code opens anything.
      takes: [],
      status: (text) =>
        token({
          grant_type: 'authorization_code',
          code: text,
          redirect_uri: app.redirectUri,
          code_verifier: 'x'.repeat(43),
        }),
    },
    // Whose device waits for its person is told so, as an error as well.
    'a device’s poll': { takes: [], status: (text) => token({ grant_type: DEVICE_CODE, device_code: text }) },
    'a hint of who it is about': {
      takes: ['an ID token'],
      status: async (text) => {
        const { url } = await app.begin({ prompt: 'none', id_token_hint: text });
        return (await browser.open(url)).url.includes('code=') ? 200 : 400;
      },
    },
    'the app’s own proof': {
      takes: ['an app’s secret'],
      status: async (text) => {
        const form = { grant_type: 'client_credentials', scope: 'api_keys:read' };
        return (await app.post('/oauth/token', form, app.basic(text))).status;
      },
    },
    'the session’s cookie': {
      takes: ['a session cookie'],
      status: async (text) =>
        (await server.stranger().rest('GET', '/me', undefined, { cookie: `__Host-latchkey=${text}` })).status,
    },
  };

  it('is nothing anywhere else [B20]', async () => {
    for (const [slot, { takes, status }] of Object.entries(SLOTS)) {
      const kinds = await everyKind();
      const statuses = new Map<string, number>();
      // One after the other: what one slot consumes is made anew for the next.
      for (const [kind, text] of Object.entries(kinds)) statuses.set(kind, await status(text));
      const taken = [...statuses].filter(([, each]) => each === 200).map(([kind]) => kind);
      const odd = [...statuses].filter(([, each]) => each !== 200 && each !== 400 && each !== 401);
      expect([slot, taken, odd]).toEqual([slot, takes, []]);
    }
  });
});

describe('a restart in the middle of a flow', () => {
  it('loses no question, no code, no pushed request, no device and no family', async () => {
    const asking = await RelyingParty.register(server, {
      scopes: ['openid'],
      grants: ['authorization_code', 'refresh_token', 'device_code'],
    });
    const first = await asking.begin();
    const question = await browser.open(first.url);
    const pushed = (await asking.post('/oauth/par', Object.fromEntries(new URL(first.url).searchParams))).body;
    const device = (await asking.post('/oauth/device', { scope: 'openid' })).body;
    await browser.call('mutation', 'device.find', { userCode: device['user_code'] });
    const earlier = await app.connect(browser);
    await server.restart();

    const { url: callback } = await goThrough(browser, question.url);
    await browser.call('mutation', 'device.decide', { userCode: device['user_code'], allow: true });
    await server.restart();

    const tokens = await asking.redeem({ ...first, callback });
    const polled = await asking.post('/oauth/token', {
      grant_type: DEVICE_CODE,
      device_code: String(device['device_code']),
    });
    const query = new URLSearchParams({ client_id: asking.clientId, request_uri: String(pushed['request_uri']) });
    const again = await browser.open(`/oauth/authorize?${query.toString()}`);
    await server.restart();

    const refreshed = await Promise.all(
      [tokens.refresh_token, String(polled.body['refresh_token'])].map((token = '') =>
        asking.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token }),
      ),
    );
    const mine = await app.post('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: earlier.refresh_token ?? '',
    });
    expect([polled.status, ...refreshed.map(({ status }) => status), mine.status]).toEqual([200, 200, 200, 200]);
    expect(again.url).toContain('code=');
    const replayed = asking.redeem({ ...first, callback });
    await expect(replayed).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a failure after the engine has answered', () => {
  it('is a problem as everywhere, with the request’s id, and is in the log', async () => {
    const { secret } = await (await server.admin()).api.apiKeys.create.mutate({ name: 'k', permissions: [] });
    const beside = new Database(join(server.dataDir, 'latchkey.sqlite'));
    beside.exec('alter table api_keys rename to api_keys_away');
    const { status, headers, body } = await app.post('/oauth/introspect', { token: secret });
    beside.exec('alter table api_keys_away rename to api_keys');
    beside.close();
    expect([status, headers['content-type'], body['requestId']]).toEqual([
      500,
      'application/problem+json',
      headers['x-request-id'],
    ]);
    expect(body['detail']).not.toContain('api_keys');
    expect(server.logged()).toMatch(/no such table: api_keys.*request failed/);
    expect((await app.post('/oauth/introspect', { token: secret })).body['active']).toBe(true);
  });
});
