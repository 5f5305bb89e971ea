import { formatApiKey } from '@latchkey/credentials';
import { ALL_PERMISSIONS, type ApiKey, type Me, type ProblemBody } from '@latchkey/schemas';
import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

type WithSecret = { apiKey: ApiKey; secret: string };

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

const create = async (caller: Caller, more: object = {}) => {
  const answer = await caller.rest<WithSecret>('POST', '/api-keys', {
    name: 'billing-worker',
    permissions: ['api_keys:read'],
    ...more,
  });
  expect(answer.status).toBe(201);
  return answer.body;
};
const whoIs = (headers: Record<string, string>, query = '') =>
  server.stranger().rest<Me & ProblemBody>('GET', `/me${query}`, undefined, headers);
const withKey = (secret: string) => server.stranger().with({ 'x-api-key': secret });

describe('an API key', () => {
  it('opens by header, bearer and cookie, and is shown once', async () => {
    const { apiKey, secret } = await create(admin);
    expect(secret).toMatch(/^lk_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$/);
    expect(apiKey).toMatchObject({
      name: 'billing-worker',
      status: 'active',
      start: secret.slice(0, 9),
      lastUsedAtMs: null,
    });
    for (const headers of [
      { 'x-api-key': secret },
      { authorization: `Bearer ${secret}` },
      { cookie: `api_key=${secret}` },
    ]) {
      const { status, body } = await whoIs(headers);
      expect([status, body.permissions, body.credential]).toEqual([
        200,
        ['api_keys:read'],
        { kind: 'api_key', id: apiKey.id },
      ]);
    }
    const listed = JSON.stringify((await admin.rest('GET', '/api-keys')).body);
    expect(listed).not.toContain(secret.split('_')[2]);
  });

  it('rides in an address only when it was made for that, to read', async () => {
    const { secret: plain } = await create(admin);
    const { secret: open } = await create(admin, { allowQuery: true });
    expect((await whoIs({}, `?api_key=${plain}`)).body.code).toBe('api_key_invalid');
    expect((await whoIs({}, `?api_key=${open}`)).status).toBe(200);
    const head = await server.app.inject({ method: 'HEAD', url: `/api/v1/me?api_key=${open}` });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    const post = await server.stranger().rest<ProblemBody>('POST', `/tokens?api_key=${open}`, {});
    expect(post.body.code).toBe('api_key_invalid');
    const writing = await admin.rest<ProblemBody>('POST', '/api-keys', {
      name: 'x',
      permissions: ['api_keys:write'],
      allowQuery: true,
    });
    expect(writing.body).toMatchObject({ code: 'input_invalid', issues: [{ path: 'allowQuery' }] });
    expect(server.logged()).not.toContain(open.split('_')[2]);
  });

  it('is refused when it comes with another explicit credential, and wins over a cookie', async () => {
    const { secret } = await create(admin);
    const both = await whoIs({ 'x-api-key': secret, authorization: `Bearer ${secret}` });
    expect([both.status, both.body.code]).toEqual([400, 'credential_ambiguous']);
    const { body } = await admin.rest<Me>('GET', '/me', undefined, { 'x-api-key': secret });
    expect(body.credential.kind).toBe('api_key');
  });

  it('is invalid when any of it is wrong', async () => {
    const { apiKey, secret } = await create(admin);
    const wrong = [
      `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
      formatApiKey(apiKey.id, 'x'.repeat(43)),
      secret.toLowerCase(),
      'lk_short',
      `lk_${'0'.repeat(22)}_${'0'.repeat(49)}`,
    ];
    for (const text of wrong) {
      const { status, body, headers } = await whoIs({ 'x-api-key': text });
      expect([status, body.code]).toEqual([401, 'api_key_invalid']);
      expect(headers['www-authenticate']).toContain('error="invalid_token"');
    }
  });

  it('expires', async () => {
    const { secret } = await create(admin, { expiresAtMs: server.clock.now() + DAY_MS });
    expect((await whoIs({ 'x-api-key': secret })).status).toBe(200);
    server.clock.advance(DAY_MS);
    expect((await whoIs({ 'x-api-key': secret })).body.code).toBe('api_key_expired');
    const past = await admin.rest<ProblemBody>('POST', '/api-keys', {
      name: 'x',
      permissions: [],
      expiresAtMs: server.clock.now(),
    });
    expect(past.body).toMatchObject({ code: 'input_invalid', issues: [{ path: 'expiresAtMs' }] });
  });

  it('is refused on the very next call after it was revoked', async () => {
    const { apiKey, secret } = await create(admin);
    expect((await whoIs({ 'x-api-key': secret })).status).toBe(200);
    const revoked = await admin.rest<{ apiKey: ApiKey }>('POST', `/api-keys/${apiKey.id}/revoke`);
    expect(revoked.body.apiKey.status).toBe('revoked');
    expect((await whoIs({ 'x-api-key': secret })).body.code).toBe('api_key_revoked');
    expect((await admin.rest('POST', `/api-keys/${apiKey.id}/revoke`)).status).toBe(200);
  });

  it('keeps its old secret through the grace of a rotation, then not', async () => {
    const { apiKey, secret: old } = await create(admin);
    const rotated = await admin.rest<WithSecret>('POST', `/api-keys/${apiKey.id}/rotate`, { graceSeconds: 3600 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.apiKey).toMatchObject({ id: apiKey.id, permissions: apiKey.permissions });
    expect((await whoIs({ 'x-api-key': old })).status).toBe(200);
    expect((await whoIs({ 'x-api-key': rotated.body.secret })).status).toBe(200);
    server.clock.advance(3600 * SECOND_MS);
    expect((await whoIs({ 'x-api-key': old })).body.code).toBe('api_key_invalid');
    expect((await whoIs({ 'x-api-key': rotated.body.secret })).status).toBe(200);
    const now = await admin.rest<WithSecret>('POST', `/api-keys/${apiKey.id}/rotate`, { graceSeconds: 0 });
    expect((await whoIs({ 'x-api-key': rotated.body.secret })).body.code).toBe('api_key_invalid');
    expect((await whoIs({ 'x-api-key': now.body.secret })).status).toBe(200);
  });

  it('may do what its owner may do now, and no more', async () => {
    const person = await server.person('dev@example.com', ['auditor']);
    const { secret } = await create(person, { permissions: ['audit:read', 'api_keys:read'] });
    expect((await withKey(secret).rest('GET', '/audit')).status).toBe(200);
    const { items } = await admin.api.users.list.query({ q: 'dev@' });
    await admin.api.users.update.mutate({ id: items[0]!.id, roles: ['member'] });
    const refused = await withKey(secret).rest<ProblemBody>('GET', '/audit');
    expect([refused.status, refused.body.denial?.missing]).toEqual([403, ['audit:read']]);
    expect((await whoIs({ 'x-api-key': secret })).body.permissions).toEqual(['api_keys:read']);
    await admin.api.users.update.mutate({ id: items[0]!.id, disabled: true });
    expect((await whoIs({ 'x-api-key': secret })).body.code).toBe('api_key_invalid');
  });

  it('is never given more than its maker holds', async () => {
    const member = await server.person('member@example.com');
    const beyond = await member.rest<ProblemBody>('POST', '/api-keys', { name: 'x', permissions: ['users:write'] });
    expect([beyond.status, beyond.body.code]).toEqual([403, 'grant_exceeds_own']);
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['member'] });
    const idle = await admin.rest<ProblemBody>('POST', '/api-keys', {
      name: 'x',
      permissions: ['users:write'],
      accountId: worker.id,
    });
    expect(idle.body.code).toBe('grant_exceeds_own');
  });

  it('is not made for another person, whoever asks [P17]', async () => {
    const member = await server.person('member@example.com');
    const { id } = (await member.rest<Me>('GET', '/me')).body;
    const adminId = (await admin.rest<Me>('GET', '/me')).body.id;
    for (const [caller, accountId] of [
      [admin, id],
      [member, adminId],
    ] as const) {
      const { status } = await caller.rest('POST', '/api-keys', { name: 'x', permissions: [], accountId });
      expect([403, 404]).toContain(status);
    }
  });

  it('can neither make, change nor revoke keys, make sessions or touch passwords [B28] [P14]', async () => {
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['admin'] });
    const { apiKey, secret } = await create(admin, { permissions: ALL_PERMISSIONS, accountId: worker.id });
    const token = (await withKey(secret).api.tokens.create.mutate({})).accessToken;
    for (const caller of [withKey(secret), server.stranger().with({ authorization: `Bearer ${token}` })]) {
      const tries = [
        caller.rest<ProblemBody>('POST', '/api-keys', { name: 'x', permissions: [] }),
        caller.rest<ProblemBody>('PATCH', `/api-keys/${apiKey.id}`, { name: 'x' }),
        caller.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/rotate`, {}),
        caller.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/revoke`),
        caller.rest<ProblemBody>('POST', '/users', { email: 'made@example.com', password: ADMIN.password }),
        caller.rest<ProblemBody>('POST', '/roles', { name: 'mine', description: 'x', permissions: [] }),
        caller.rest<ProblemBody>('DELETE', '/session'),
      ];
      for (const { status, body } of await Promise.all(tries))
        expect([status, body.code]).toEqual([403, 'credential_not_accepted']);
      const change = caller.api.me.changePassword.mutate({ currentPassword: 'x', newPassword: 'a good password' });
      expect((await problemOf(change)).code).toBe('credential_not_accepted');
    }
  });

  it('is limited to its networks and its rate', async () => {
    const { secret: here } = await create(admin, { ipAllowList: ['10.0.0.0/8', '2001:db8::/32'] });
    const from = async (remoteAddress: string) => {
      const caller = withKey(here);
      caller.remoteAddress = remoteAddress;
      return (await caller.rest('GET', '/me')).status;
    };
    expect([
      await from('10.1.2.3'),
      await from('2001:db8::5'),
      await from('192.0.2.1'),
      await from('::ffff:10.0.0.1'),
    ]).toEqual([200, 200, 403, 200]);

    const { secret: slow } = await create(admin, { rateLimit: { limit: 2, windowSeconds: 60 } });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await whoIs({ 'x-api-key': slow })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    server.clock.advance(MINUTE_MS);
    expect((await whoIs({ 'x-api-key': slow })).status).toBe(200);
    const broken = await admin.rest<ProblemBody>('POST', '/api-keys', {
      name: 'x',
      permissions: [],
      ipAllowList: ['10.0.0.0/99'],
    });
    expect(broken.body).toMatchObject({ code: 'input_invalid', issues: [{ path: 'ipAllowList.0' }] });
  });

  it('shows when it was last used', async () => {
    const { apiKey, secret } = await create(admin);
    server.clock.advance(MINUTE_MS);
    await whoIs({ 'x-api-key': secret });
    await server.lastUse.flush();
    const { body } = await admin.rest<ApiKey>('GET', `/api-keys/${apiKey.id}`);
    expect(body.lastUsedAtMs).toBe(server.clock.now());
  });
});

describe('somebody else’s key', () => {
  it('is not found, and nothing changes [B12]', async () => {
    const { apiKey } = await create(admin);
    const stranger = await server.person('stranger@example.com');
    const tries = [
      stranger.rest<ProblemBody>('GET', `/api-keys/${apiKey.id}`),
      stranger.rest<ProblemBody>('PATCH', `/api-keys/${apiKey.id}`, { name: 'mine' }),
      stranger.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/rotate`, {}),
      stranger.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/revoke`),
    ];
    for (const { status, body } of await Promise.all(tries)) expect([status, body.code]).toEqual([404, 'not_found']);
    expect((await admin.rest('GET', `/api-keys/${apiKey.id}`)).body).toEqual(apiKey);
    expect((await stranger.rest<{ items: [] }>('GET', '/api-keys')).body.items).toEqual([]);
  });

  it('is seen by an auditor, who can’t change it', async () => {
    const { apiKey } = await create(admin);
    const auditor = await server.person('auditor@example.com', ['auditor']);
    expect((await auditor.rest('GET', `/api-keys/${apiKey.id}`)).status).toBe(200);
    expect((await auditor.rest('POST', `/api-keys/${apiKey.id}/revoke`)).status).toBe(403);
  });

  it('does not give its secret to a rotator who holds less [P16]', async () => {
    await admin.rest('POST', '/roles', {
      name: 'key-helper',
      description: 'Rotates keys',
      permissions: ['api_keys:read', 'api_keys:write', 'all_api_keys:read', 'all_api_keys:write'],
    });
    const helper = await server.person('helper@example.com', ['key-helper']);
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['admin'] });
    const { apiKey } = await create(admin, { permissions: ['users:write'], accountId: worker.id });
    const refused = await helper.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/rotate`, {});
    expect([refused.status, refused.body.code]).toEqual([403, 'grant_exceeds_own']);
  });
});

describe('the key of another person', () => {
  it('is not rotated by an admin, who would see a secret that acts as them; its owner and the admin’s revoking stay', async () => {
    const grace = await server.person('grace@example.com');
    const { apiKey } = await create(grace, { permissions: [] });
    const refused = await admin.rest<ProblemBody>('POST', `/api-keys/${apiKey.id}/rotate`, {});
    expect([refused.status, refused.body.code]).toEqual([403, 'grant_exceeds_own']);
    expect(refused.body.detail).toContain('You can revoke it.');
    expect((await grace.rest('POST', `/api-keys/${apiKey.id}/rotate`, {})).status).toBe(200);
    expect((await admin.rest('POST', `/api-keys/${apiKey.id}/revoke`)).status).toBe(200);
  });
});

describe('the list of keys', () => {
  it('pages, searches and filters', async () => {
    for (const name of ['alpha', 'beta', '100%_sure', 'gamma']) {
      server.clock.advance(1);
      await create(admin, { name });
    }
    server.clock.advance(1);
    const { secret } = await create(admin, { name: 'short-lived', expiresAtMs: server.clock.now() + 1000 });
    server.clock.advance(2000);
    type Page = { items: ApiKey[]; nextCursor: string | null };
    const first = (await admin.rest<Page>('GET', '/api-keys?limit=3')).body;
    const second = (await admin.rest<Page>('GET', `/api-keys?limit=3&cursor=${first.nextCursor}`)).body;
    const names = [...first.items, ...second.items].map(({ name }) => name);
    expect(names).toEqual(['short-lived', 'gamma', '100%_sure', 'beta', 'alpha']);
    expect(second.nextCursor).toBeNull();
    const search = async (query: string) =>
      (await admin.rest<Page>('GET', `/api-keys?${query}`)).body.items.map(({ name }) => name);
    expect(await search('q=ALPH')).toEqual(['alpha']);
    expect(await search('q=%25_')).toEqual(['100%_sure']);
    expect(await search(`q=${secret.slice(0, 9)}`)).toEqual(['short-lived']);
    expect(await search('status=expired')).toEqual(['short-lived']);
    expect(await search('q=admin%40example&status=active')).toHaveLength(4);
  });

  it('finds those that expire soon, the soonest first, page by page, and not those that never do', async () => {
    const nowMs = server.clock.now();
    for (const [name, expiresAtMs] of [
      ['soon', nowMs + 2 * DAY_MS],
      ['sooner', nowMs + DAY_MS],
      ['in a while', nowMs + 9 * DAY_MS],
      ['later', nowMs + 30 * DAY_MS],
      ['never', null],
    ] as const) {
      await create(admin, { name, expiresAtMs });
    }
    const asked = { expiresBeforeMs: nowMs + 14 * DAY_MS, limit: 2 };
    const first = await admin.api.apiKeys.list.query(asked);
    const second = await admin.api.apiKeys.list.query({ ...asked, cursor: first.nextCursor ?? '' });
    expect([first, second].map(({ items }) => items.map(({ name }) => name))).toEqual([
      ['sooner', 'soon'],
      ['in a while'],
    ]);
  });

  it('takes column names from nobody, and nonsense for a clear error [B30]', async () => {
    for (const query of [
      'sort=name',
      'orderBy=1;drop table accounts',
      'status=active%27--',
      'limit=0',
      'limit=101',
      'limit=1e2',
      'cursor=!!',
      'cursor=AAAA',
      'q=',
      'limit=5&limit=6',
    ]) {
      const { status, body } = await admin.rest<ProblemBody>('GET', `/api-keys?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'input_invalid']);
    }
  });
});

describe('a service that was handed a key', () => {
  it('learns whether it is good', async () => {
    const verify = async (key: string, more: object = {}) =>
      (await admin.rest('POST', '/api-keys/verify', { key, ...more })).body;
    const { apiKey, secret } = await create(admin, { ipAllowList: ['10.0.0.0/8'] });
    const ip = '10.0.0.1';
    const known = { apiKeyId: apiKey.id, accountId: apiKey.accountId };
    expect(await verify(secret, { ip })).toEqual({
      valid: true,
      code: 'VALID',
      ...known,
      permissions: ['api_keys:read'],
      roles: ['admin'],
    });
    expect(await verify(secret, { ip, permission: 'users:write' })).toMatchObject({
      valid: false,
      code: 'INSUFFICIENT_PERMISSIONS',
    });
    expect(await verify(secret, { ip: '192.0.2.1' })).toMatchObject({ valid: false, code: 'IP_NOT_ALLOWED' });
    expect(await verify('nonsense')).toEqual({ valid: false, code: 'NOT_FOUND' });
    expect(await verify(formatApiKey(apiKey.id, 'x'.repeat(43)))).toEqual({ valid: false, code: 'NOT_FOUND' });
    const { apiKey: short, secret: shortSecret } = await create(admin, { expiresAtMs: server.clock.now() + 10 });
    server.clock.advance(10);
    expect(await verify(shortSecret)).toEqual({
      valid: false,
      code: 'EXPIRED',
      apiKeyId: short.id,
      accountId: short.accountId,
    });
    await admin.rest('POST', `/api-keys/${apiKey.id}/revoke`);
    expect(await verify(secret, { ip })).toEqual({ valid: false, code: 'REVOKED', ...known });
  });

  it('learns when a key over its rate works again', async () => {
    const { secret } = await create(admin, { rateLimit: { limit: 1, windowSeconds: 60 } });
    const verify = () => admin.api.apiKeys.verify.mutate({ key: secret });
    expect((await verify()).valid).toBe(true);
    const { valid, code, retryAfterSeconds } = await verify();
    expect([valid, code]).toEqual([false, 'RATE_LIMITED']);
    server.clock.advance((retryAfterSeconds ?? 0) * 1000);
    expect((await verify()).valid).toBe(true);
  });
});
