import { ADMIN, codeOfApp, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SECOND_MS } from '../time/index.ts';

/* The ways in of programs × whatever keeps somebody out: what `sign-in/every-path.test.ts` is for the pages. */

const EMAIL = 'ada@example.com';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let server: TestServer;
let admin: Caller;
let app: RelyingParty;
let person: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
  app = await RelyingParty.register(server, {
    grants: ['authorization_code', 'refresh_token', 'device_code', 'password'],
    scopes: ['openid', 'api_keys:read'],
    firstParty: true,
  });
  person = await server.person(EMAIL);
});
afterEach(() => server.close());

type Answer = Awaited<ReturnType<RelyingParty['post']>>;
const outcome = ({ body }: Answer) => (body['error'] ?? 'in') as string;
const token = (form: Record<string, string>) => app.post('/oauth/token', form);

async function addApp(): Promise<void> {
  const { secret, enrolment } = await person.api.factors.startTotp.mutate({});
  const code = codeOfApp(secret, server.clock.now());
  await person.api.factors.confirmTotp.mutate({ enrolment, code });
  server.clock.advance(30 * SECOND_MS);
}

async function disable(): Promise<void> {
  const { id } = await person.api.me.get.query();
  await admin.api.users.update.mutate({ id, disabled: true });
}

async function lock(): Promise<void> {
  for (let guess = 0; guess < 10; guess += 1)
    await server.stranger().rest('POST', '/session', { email: EMAIL, password: 'x' });
}

const requireFactor = () => admin.api.roles.update.mutate({ name: 'member', secondFactorFromMs: server.clock.now() });

const STATES: Record<string, () => Promise<unknown>> = {
  'nothing in the way': async () => undefined,
  disabled: disable,
  locked: lock,
  factor: addApp,
  'factor required': requireFactor,
};

const byPassword = async () =>
  outcome(await token({ grant_type: 'password', username: EMAIL, password: ADMIN.password, scope: 'api_keys:read' }));

async function byDevice(become: () => Promise<unknown>, when: 'before' | 'after'): Promise<string> {
  const browser = new Browser(server);
  await browser.signIn(EMAIL, ADMIN.password);
  const { body } = await app.post('/oauth/device', { scope: 'openid api_keys:read' });
  if (when === 'before') await become();
  try {
    await browser.call('mutation', 'device.decide', { userCode: body['user_code'], allow: true });
  } catch (error) {
    return (error as Error).message;
  }
  if (when === 'after') await become();
  return outcome(await token({ grant_type: DEVICE_CODE, device_code: String(body['device_code']) }));
}

async function byRefresh(become: () => Promise<unknown>): Promise<string> {
  const browser = new Browser(server);
  await browser.signIn(EMAIL, ADMIN.password);
  const { refresh_token: text = '' } = await app.connect(browser, { scope: 'openid api_keys:read' });
  await become();
  return outcome(await token({ grant_type: 'refresh_token', refresh_token: text }));
}

/** Where an authorization request of somebody who is signed in leads to. */
async function byAuthorization(become: () => Promise<unknown>): Promise<string> {
  const browser = new Browser(server);
  await browser.signIn(EMAIL, ADMIN.password);
  await become();
  const { callback } = await app.authorize(browser);
  const { origin, pathname } = new URL(callback);
  return origin === server.publicUrl ? pathname : 'in';
}

type Way = (become: () => Promise<unknown>) => Promise<string>;
const WAYS: Record<string, Way> = {
  'the password grant': async (become) => (await become(), byPassword()),
  'a device that is allowed then': (become) => byDevice(become, 'before'),
  'a device that was allowed before': (become) => byDevice(become, 'after'),
  'a refresh token': byRefresh,
  'an authorization request': byAuthorization,
};

const EXPECTED: Record<string, Record<string, string>> = {
  'the password grant': {
    'nothing in the way': 'in',
    disabled: 'invalid_grant',
    locked: 'invalid_grant',
    factor: 'invalid_grant',
    'factor required': 'invalid_grant',
  },
  'a device that is allowed then': {
    'nothing in the way': 'in',
    disabled: 'session_ended',
    // Whoever allows it is signed in: nobody is thrown out by a stranger's guesses.
    locked: 'in',
    factor: 'in',
    'factor required': 'factor_required',
  },
  'a device that was allowed before': {
    'nothing in the way': 'in',
    disabled: 'invalid_grant',
    locked: 'in',
    factor: 'in',
    'factor required': 'invalid_grant',
  },
  'a refresh token': {
    'nothing in the way': 'in',
    disabled: 'invalid_grant',
    locked: 'in',
    factor: 'in',
    'factor required': 'invalid_grant',
  },
  'an authorization request': {
    'nothing in the way': 'in',
    disabled: '/sign-in',
    locked: 'in',
    factor: 'in',
    'factor required': '/sign-in',
  },
};

describe.each(Object.entries(WAYS))('%s [B23]', (name, way) => {
  for (const [state, become] of Object.entries(STATES)) {
    it(`with “${state}” ends as it should`, async () => {
      expect(await way(become)).toBe(EXPECTED[name]?.[state]);
    });
  }
});

describe('what an app holds of somebody who lacks the factor that is required', () => {
  it('is worth nothing until there is one, and then as much as before', async () => {
    const browser = new Browser(server);
    await browser.signIn(EMAIL, ADMIN.password);
    const tokens = await app.connect(browser, { scope: 'openid api_keys:read' });
    const refresh = () => token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    const call = () =>
      server
        .stranger()
        .with({ authorization: `Bearer ${tokens.access_token}` })
        .rest('GET', '/me');
    const isActive = async () => (await app.post('/oauth/introspect', { token: tokens.access_token })).body['active'];
    expect([(await call()).status, await isActive()]).toEqual([200, true]);
    await requireFactor();
    const { status, body, headers } = await call();
    expect([status, body['code'], await isActive()]).toEqual([401, 'factor_required', false]);
    expect(headers['www-authenticate']).toContain('error="insufficient_user_authentication"');
    expect(outcome(await refresh())).toBe('invalid_grant');
    await addApp();
    expect([(await call()).status, await isActive(), outcome(await refresh())]).toEqual([200, true, 'in']);
  });
});
