import type { Me } from '@latchkey/schemas';
import { ADMIN, codeOfApp, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NOWHERE, SERVER } from '../actors/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let server: TestServer;
let app: RelyingParty;
let memberId: string;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, {
    grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code', 'password'],
    scopes: ['openid', 'profile', 'email', 'api_keys:read', 'users:read'],
    firstParty: true,
  });
  const member = await server.person('ada@example.com');
  memberId = (await member.api.me.get.query()).id;
});
afterAll(() => server.close());

async function signedIn(email = 'ada@example.com'): Promise<Browser> {
  const browser = new Browser(server);
  await browser.signIn(email, ADMIN.password);
  return browser;
}

const meBy = (token: unknown) =>
  server
    .stranger()
    .with({ authorization: `Bearer ${String(token)}` })
    .rest<Me>('GET', '/me');
const introspect = (by: RelyingParty, token: string) => by.post('/oauth/introspect', { token });
const refresh = (token: string) => app.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
const byPassword = (password = ADMIN.password, scope = 'api_keys:read') =>
  app.post('/oauth/token', { grant_type: 'password', username: 'ada@example.com', password, scope });

describe('a refresh token', () => {
  it('has one successor, which racing tabs all get [P05] [B05]', async () => {
    const { refresh_token: first = '' } = await app.connect(await signedIn(), { scope: 'openid api_keys:read' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(1);
  });

  it('used again after the grace ends its whole family, and the log says so [P04] [V10.4.5] [B06]', async () => {
    const { refresh_token: first = '' } = await app.connect(await signedIn(), { scope: 'openid api_keys:read' });
    const { body } = await refresh(first);
    server.clock.advance(11 * SECOND_MS);
    await server.restart();
    expect((await refresh(first)).body['error']).toBe('invalid_grant');
    expect((await refresh(String(body['refresh_token']))).body['error']).toBe('invalid_grant');
    expect((await meBy(body['access_token'])).status).toBe(401);
    const { items } = await (await server.admin()).api.audit.list.query({ limit: 20 });
    expect(items.map(({ act }) => act)).toContain('grant.refresh_reused');
  });

  it('is worth nothing without the app’s secret, or to another app [B07]', async () => {
    const { refresh_token: token = '' } = await app.connect(await signedIn());
    const other = await RelyingParty.register(server);
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const without = await app.post('/oauth/token', { ...form, client_id: app.clientId }, null);
    const wrong = await app.post('/oauth/token', form, app.basic('lks_wrong'));
    const others = await other.post('/oauth/token', form);
    expect([without, wrong, others].map(({ body }) => body['error'])).toEqual([
      'invalid_client',
      'invalid_client',
      'invalid_grant',
    ]);
  });

  it('is what an app goes on by when its person has confirmed that it’s them: its JWT names the session as it was', async () => {
    const browser = await signedIn();
    const { access_token: before, refresh_token: token = '' } = await app.connect(browser, {
      scope: 'openid api_keys:read',
    });
    const { access_token: opaque } = await app.connect(browser, { scope: 'openid' });
    expect((await meBy(before)).status).toBe(200);
    await browser.call('mutation', 'session.confirm', { password: ADMIN.password });
    const userinfo = await app.post('/oauth/userinfo', { unused: '' }, `Bearer ${opaque}`);
    expect([(await meBy(before)).status, userinfo.status]).toEqual([401, 200]);
    expect((await introspect(app, before)).body).toEqual({ active: false });
    const { body } = await refresh(token);
    expect((await meBy(body['access_token'])).status).toBe(200);
  });

  it('ends with its session, its account and what was allowed, at once [P07] [P08] [B18] [B23]', async () => {
    const browser = await signedIn();
    const tokens = await app.connect(browser, { scope: 'openid api_keys:read' });
    await browser.call('mutation', 'session.end');
    expect((await refresh(tokens.refresh_token ?? '')).body['error']).toBe('invalid_grant');
    expect((await meBy(tokens.access_token)).status).toBe(401);

    const asking = await RelyingParty.register(server, { scopes: ['openid', 'api_keys:read'] });
    const again = await signedIn();
    const allowed = await asking.connect(again, { scope: 'openid api_keys:read' });
    const { items } = await again.call<{ items: { id: string; appId: string }[] }>('query', 'grants.list');
    expect(items.map(({ appId }) => appId)).toContain(asking.clientId);
    await again.call('mutation', 'grants.revoke', { id: items.find(({ appId }) => appId === asking.clientId)?.id });
    expect((await meBy(allowed.access_token)).status).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: allowed.refresh_token ?? '' };
    expect((await asking.post('/oauth/token', form)).body['error']).toBe('invalid_grant');

    const admin = await server.admin();
    const { body } = await byPassword();
    await admin.api.users.update.mutate({ id: memberId, disabled: true });
    expect((await refresh(String(body['refresh_token']))).body['error']).toBe('invalid_grant');
    expect((await meBy(body['access_token'])).status).toBe(401);
    expect((await byPassword()).body['error']).toBe('invalid_grant');
    await admin.api.users.update.mutate({ id: memberId, disabled: false });
    expect((await refresh(String(body['refresh_token']))).body['error']).toBe('invalid_grant');
  });
});

describe('the password grant', () => {
  it('is there for marked apps alone [P40]', async () => {
    expect((await byPassword()).body).toMatchObject({ token_type: 'Bearer', scope: 'api_keys:read' });
    const other = await RelyingParty.register(server);
    const form = { grant_type: 'password', username: 'ada@example.com', password: ADMIN.password };
    expect((await other.post('/oauth/token', form)).body['error']).toBe('unsupported_grant_type');
    const { status } = await (
      await server.admin()
    ).rest('POST', '/apps', { name: 'x', grants: ['password'], firstParty: false });
    expect(status).toBe(400);
  });

  it('refuses a wrong password as an RFC error', async () => {
    const { status, body } = await byPassword('a wrong password');
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
  });

  it('says so where none of the scopes could be given', async () => {
    const { status, body } = await byPassword(ADMIN.password, 'users:read');
    expect([status, body['scope']]).toEqual([200, '']);
    expect((await meBy(body['access_token'])).body.permissions).toEqual([]);
  });

  it('binds no token to a key, and so takes no proof of one (RFC 9449)', async () => {
    const form = { grant_type: 'password', username: 'ada@example.com', password: ADMIN.password };
    for (const dpop of ['garbage', '']) {
      const { status, body } = await app.post('/oauth/token', form, app.basic(), { dpop });
      expect([status, body['error'], 'access_token' in body]).toEqual([400, 'invalid_dpop_proof', false]);
    }
  });

  it('asks the gate: an address that isn’t verified is refused where verified ones alone come in [B23]', async () => {
    const { settings, ownAddress } = server.services;
    const verifiedOnly = (is: boolean) => settings.update(SERVER, { verifiedOnly: is });
    await verifiedOnly(true);
    const { status, body } = await byPassword();
    expect([status, body['error'], body['error_description']]).toEqual([
      400,
      'invalid_grant',
      expect.stringContaining('Verify your email address'),
    ]);
    await ownAddress.verify(NOWHERE, await server.tokenMailedTo('ada@example.com'));
    expect((await byPassword()).status).toBe(200);
    await verifiedOnly(false);
  });

  it('asks the gate: no token for whoever is slowed down, or has a second factor [B23]', async () => {
    for (let guess = 0; guess < 10; guess += 1) await byPassword('a wrong password');
    const { status, body, headers } = await byPassword();
    expect([status, body['error'], headers['retry-after']]).toEqual([429, 'invalid_grant', '60']);
    server.clock.advance(MINUTE_MS);
    const ada = server.stranger();
    await ada.signIn('ada@example.com', ADMIN.password);
    const { secret, enrolment } = await ada.api.factors.startTotp.mutate({});
    const code = codeOfApp(secret, server.clock.now());
    await ada.api.factors.confirmTotp.mutate({ enrolment, code });
    const held = await byPassword();
    const description = 'A second factor is needed, which this grant cannot ask for.';
    expect([held.status, held.body]).toEqual([400, { error: 'invalid_grant', error_description: description }]);
    await ada.api.factors.removeTotp.mutate({});
    expect((await byPassword()).status).toBe(200);
  });
});

describe('an app by itself', () => {
  it('gets all that it was made for where it names nothing, and shows as an app', async () => {
    const { body } = await app.post('/oauth/token', { grant_type: 'client_credentials' });
    const { body: me } = await meBy(body['access_token']);
    expect([me.kind, me.id, me.permissions.toSorted()]).toEqual(['app', app.clientId, ['api_keys:read', 'users:read']]);
  });

  it('is told which of the scopes it asked for it got, and refused when that is none', async () => {
    const ask = async (scope: string, more: Record<string, string> = {}) => {
      const { body } = await app.post('/oauth/token', { grant_type: 'client_credentials', scope, ...more });
      return body['error'] ?? body['scope'];
    };
    const here = { resource: server.publicUrl };
    expect([
      await ask('users:read'),
      await ask('users:read roles:write'),
      await ask('roles:write nobody:knows users:read openid'),
      await ask('users:read', here),
      await ask(''),
      await ask('roles:write'),
      await ask('nobody:knows'),
      await ask('openid'),
      await ask('roles:write', here),
      await ask('openid', here),
    ]).toEqual([...Array(4).fill('users:read'), 'api_keys:read users:read', ...Array(5).fill('invalid_scope')]);
  });

  it('disabled, is worth nothing at once', async () => {
    const other = await RelyingParty.register(server, { grants: ['client_credentials'], scopes: ['users:read'] });
    const { body } = await other.post('/oauth/token', { grant_type: 'client_credentials' });
    await (await server.admin()).api.apps.update.mutate({ id: other.clientId, disabled: true });
    expect((await meBy(body['access_token'])).status).toBe(401);
    expect((await other.post('/oauth/token', { grant_type: 'client_credentials' })).body['error']).toBe(
      'invalid_client',
    );
  });
});

describe('introspection', () => {
  it('tells an app of its own tokens, another of none, and an entitled one of all and of keys [P45]', async () => {
    const { access_token: token } = await app.connect(await signedIn(), { scope: 'openid api_keys:read' });
    const scopes = ['tokens:introspect', 'api_keys:verify'];
    const entitled = await RelyingParty.register(server, { grants: ['client_credentials'], scopes });
    const stranger = await RelyingParty.register(server);
    const known = { active: true, sub: memberId, client_id: app.clientId, scope: 'api_keys:read' };
    expect((await introspect(app, token)).body).toMatchObject(known);
    expect((await introspect(entitled, token)).body).toMatchObject(known);
    expect((await introspect(stranger, token)).body).toEqual({ active: false });
    const { secret } = await (
      await server.admin()
    ).api.apiKeys.create.mutate({ name: 'k', permissions: ['users:read'] });
    expect((await introspect(entitled, secret)).body).toMatchObject({ active: true, scope: 'users:read' });
    expect((await introspect(stranger, secret)).body).toEqual({ active: false });
    for (const garbage of ['x', 'a.b.c', `${token}x`, 'lk_x']) {
      expect((await introspect(entitled, garbage)).body).toEqual({ active: false });
    }
  });

  it('says inactive once the app took the token back', async () => {
    const { access_token: token } = await app.connect(await signedIn(), { scope: 'openid api_keys:read' });
    expect((await app.post('/oauth/revoke', { token })).status).toBe(200);
    expect((await introspect(app, token)).body).toEqual({ active: false });
    expect((await meBy(token)).status).toBe(401);
  });
});

describe('a device', () => {
  const begin = async () => (await app.post('/oauth/device', { scope: 'openid api_keys:read' })).body;
  const poll = (code: unknown) => app.post('/oauth/token', { grant_type: DEVICE_CODE, device_code: String(code) });

  it('waits, is allowed by who sees its code, and gets tokens once', async () => {
    const { device_code: code, user_code: userCode, verification_uri: uri } = await begin();
    expect(uri).toBe(`${server.publicUrl}/device`);
    expect((await poll(code)).body['error']).toBe('authorization_pending');
    const browser = await signedIn();
    const question = await browser.call<{ allows: { name: string }[] }>('mutation', 'device.find', { userCode });
    expect(question.allows.map(({ name }) => name)).toEqual(['openid', 'api_keys:read']);
    await browser.call('mutation', 'device.decide', { userCode, allow: true });
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(code)));
    const good = answers.filter(({ status }) => status === 200);
    expect([good.length, answers.every(({ status }) => status < 500)]).toEqual([1, true]);
  });

  it('keeps its tokens when two of its polls cross, and loses them when the code comes again later [B05]', async () => {
    const { device_code: code, user_code: userCode } = await begin();
    await (await signedIn()).call('mutation', 'device.decide', { userCode, allow: true });
    const { access_token: token } = (await poll(code)).body;
    expect((await poll(code)).body['error']).toBe('invalid_grant');
    expect((await meBy(token)).status).toBe(200);
    server.clock.advance(11_000);
    expect((await poll(code)).body['error']).toBe('invalid_grant');
    expect((await meBy(token)).status).toBe(401);
  });

  it('that may act while its person is away does so for as long as any other app', async () => {
    const form = { scopes: ['openid', 'offline_access', 'api_keys:read'] };
    const grants = ['authorization_code', 'refresh_token', 'device_code'];
    const away = await RelyingParty.register(server, { ...form, grants });
    const scope = form.scopes.join(' ');
    const browser = await signedIn();
    const { refresh_token: byCode = '' } = await away.connect(browser, { scope, prompt: 'consent' });
    const { body: begun } = await away.post('/oauth/device', { scope });
    await browser.call('mutation', 'device.decide', { userCode: begun['user_code'], allow: true });
    const code = { grant_type: DEVICE_CODE, device_code: String(begun['device_code']) };
    const { body: got } = await away.post('/oauth/token', code);
    server.clock.advance(31 * DAY_MS);
    for (const token of [byCode, String(got['refresh_token'])]) {
      const { status } = await away.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
      expect(status).toBe(200);
    }
    server.clock.advance(-31 * DAY_MS);
  });

  it('that may act while its person is away stops with all their sessions, also with one that only grew old', async () => {
    const away = await RelyingParty.register(server, { scopes: ['openid', 'offline_access'] });
    const scope = 'openid offline_access';
    const { refresh_token: token = '' } = await away.connect(await signedIn(), { scope, prompt: 'consent' });
    server.clock.advance(31 * DAY_MS);
    const { refresh_token: renewed } = (
      await away.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token })
    ).body;
    const person = await signedIn();
    await person.call('mutation', 'sessions.endOthers', {});
    const { status, body } = await away.post('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(renewed),
    });
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
    server.clock.advance(-31 * DAY_MS);
  });

  it('opened by one person is not approved by another [B11]', async () => {
    const { device_code: code, user_code: userCode } = await begin();
    await (await signedIn()).call('mutation', 'device.find', { userCode });
    const other = await signedIn(ADMIN.email);
    await expect(other.call('mutation', 'device.decide', { userCode, allow: true })).rejects.toThrow('not_found');
    expect((await poll(code)).body['error']).toBe('authorization_pending');
  });

  it('refused is told so', async () => {
    const { device_code: code, user_code: userCode } = await begin();
    await (await signedIn()).call('mutation', 'device.decide', { userCode, allow: false });
    expect((await poll(code)).body['error']).toBe('access_denied');
  });
});

describe('signing out from an app', () => {
  it('asks, ends the session and goes on to a registered place alone', async () => {
    const place = 'https://app.example.com/bye';
    const leaving = await RelyingParty.register(server, { postLogoutRedirectUris: [place] });
    const browser = await signedIn();
    const { id_token: hint = '' } = await leaving.connect(browser);
    const leave = (uri: string) =>
      `/oauth/sign-out?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: uri, state: 's' }).toString()}`;
    expect((await browser.open(leave('https://evil.example/'))).status).toBe(400);
    const page = await browser.open(leave(place));
    expect(page.body).toContain('Notes app asks to sign you out.');
    const answer = await browser.confirmSignOut(page);
    expect([answer.status, answer.headers['location']]).toEqual([303, `${place}?state=s`]);
    await expect(browser.call('query', 'me.get')).rejects.toThrow('session_ended');
  });
});

describe('the metadata', () => {
  it('offers what is meant and nothing else [B08] [oidcc-discovery-endpoint-verification]', async () => {
    const { body } = await server.stranger().request('GET', '/.well-known/openid-configuration');
    const { body: oauth } = await server.stranger().request('GET', '/.well-known/oauth-authorization-server');
    expect(oauth).toEqual(body);
    expect(body).toMatchObject({
      issuer: server.publicUrl,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    expect(JSON.stringify(body)).not.toMatch(/"(?:plain|implicit|password|HS256)"/);
  });

  it.each(['jwks.json', 'openid-configuration', 'oauth-authorization-server', 'oauth-protected-resource'])(
    'is read by apps in browsers wherever they are, and by HEAD: %s',
    async (name) => {
      const ask = (method: 'GET' | 'HEAD') =>
        server.app.inject({ method, url: `/.well-known/${name}`, headers: { origin: 'https://spa.example' } });
      const [get, head] = await Promise.all([ask('GET'), ask('HEAD')]);
      expect([get.statusCode, head.statusCode, head.body]).toEqual([200, 200, '']);
      for (const { headers } of [get, head]) {
        expect(headers).toMatchObject({
          'content-type': get.headers['content-type'],
          'content-length': get.headers['content-length'],
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
        });
        expect(headers['access-control-allow-credentials']).toBeUndefined();
      }
    },
  );

  it('says what a preflight asks, and opens nothing beside it to other sites', async () => {
    const headers = { origin: 'https://spa.example', 'access-control-request-method': 'GET' };
    const preflight = await server.app.inject({ method: 'OPTIONS', url: '/.well-known/openid-configuration', headers });
    expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET']);
    for (const url of ['/oauth/authorize', '/api/v1/openapi.json', '/.well-known/nothing']) {
      const answer = await server.app.inject({ url, headers });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });

  it('of the API here, which each refusal names, says who gives out its tokens (RFC 9728)', async () => {
    const { headers } = await server.stranger().rest('GET', '/me');
    const [, url = ''] = /resource_metadata="([^"]+)"/.exec(String(headers['www-authenticate'])) ?? [];
    expect(new URL(url).pathname).toBe('/.well-known/oauth-protected-resource');
    const { body } = await server.stranger().request('GET', new URL(url).pathname);
    expect(body).toMatchObject({ resource: server.publicUrl, authorization_servers: [server.publicUrl] });
  });
});
