import type { ApiKey, ProblemBody } from '@latchkey/schemas';
import { openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS } from '../time/index.ts';

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

async function keyWith(more: object): Promise<{ apiKey: ApiKey; secret: string; caller: Caller }> {
  const input = { name: 'worker', permissions: ['api_keys:read' as const], ...more };
  const made = await admin.api.apiKeys.create.mutate(input);
  return { ...made, caller: server.stranger().with({ 'x-api-key': made.secret }) };
}

const me = (caller: Caller) => caller.rest<ProblemBody>('GET', '/me');

describe('a key over its rate', () => {
  it('gets 429 with Retry-After, and other keys don’t feel it', async () => {
    const { caller: slow } = await keyWith({ rateLimit: { limit: 2, windowSeconds: 60 } });
    const { caller: sameRate } = await keyWith({ rateLimit: { limit: 2, windowSeconds: 60 } });
    const { caller: free } = await keyWith({});
    await me(slow);
    await me(slow);
    server.clock.advance(20_000);
    const refused = await me(slow);
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([429, 'rate_limited', '40']);
    for (const other of [sameRate, sameRate, free, free, free]) expect((await me(other)).status).toBe(200);
    server.clock.advance(40_000);
    expect((await me(slow)).status).toBe(200);
  });

  it('begins anew with another window, and gains nothing by going back to the one before', async () => {
    const { apiKey, caller } = await keyWith({ rateLimit: { limit: 1, windowSeconds: 86_400 } });
    const { id } = apiKey;
    const statuses = async () => [(await me(caller)).status, (await me(caller)).status];
    expect(await statuses()).toEqual([200, 429]);
    await admin.api.apiKeys.update.mutate({ id, rateLimit: { limit: 2, windowSeconds: 1 } });
    expect(await statuses()).toEqual([200, 200]);
    await admin.api.apiKeys.update.mutate({ id, rateLimit: { limit: 1, windowSeconds: 86_400 } });
    expect((await me(caller)).status).toBe(429);
  });

  it('is not let through by putting its calls into a batch [B26]', async () => {
    const { caller } = await keyWith({ rateLimit: { limit: 5, windowSeconds: 60 } });
    const batch = (calls: number) =>
      caller.request('GET', `/trpc/${Array.from({ length: calls }, () => 'me.get').join(',')}?batch=1&input={}`);
    expect((await batch(4)).status).toBe(200);
    expect((await batch(2)).status).toBe(429);
  });

  it('is told so to a service that was handed it', async () => {
    const { secret } = await keyWith({ rateLimit: { limit: 1, windowSeconds: 60 } });
    expect((await admin.api.apiKeys.verify.mutate({ key: secret })).code).toBe('VALID');
    expect((await admin.api.apiKeys.verify.mutate({ key: secret })).code).toBe('RATE_LIMITED');
  });
});

describe('a key over its quota', () => {
  it('gets 429 until it refills, and so do its tokens', async () => {
    const { caller } = await keyWith({ quota: { limit: 3, per: 'day' } });
    const { accessToken } = await caller.api.tokens.create.mutate({ ttlSeconds: 900 });
    const byToken = server.stranger().with({ authorization: `Bearer ${accessToken}` });
    expect([(await me(caller)).status, (await me(byToken)).status]).toEqual([200, 200]);
    const nowMs = server.clock.now();
    const seconds = Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1000);
    for (const each of [caller, byToken]) {
      const { status, body, headers } = await me(each);
      expect([status, body.code, headers['retry-after']]).toEqual([429, 'quota_exceeded', String(seconds)]);
    }
    server.clock.advance(seconds * 1000);
    expect((await me(caller)).status).toBe(200);
  });

  it('is told so to a service that was handed it, and uses none up where the rate refuses', async () => {
    const limits = { quota: { limit: 2, per: 'month' }, rateLimit: { limit: 1, windowSeconds: 60 } };
    const { secret } = await keyWith(limits);
    const codes = [];
    for (let call = 0; call < 4; call += 1) {
      codes.push((await admin.api.apiKeys.verify.mutate({ key: secret })).code);
      if (call > 0) server.clock.advance(MINUTE_MS);
    }
    expect(codes).toEqual(['VALID', 'RATE_LIMITED', 'VALID', 'QUOTA_EXCEEDED']);
  });
});

describe('what binds a key', () => {
  it('is changed by its owner, acts on the next call and is in the audit log', async () => {
    const { apiKey, caller } = await keyWith({});
    const { id } = apiKey;
    const change = {
      ipAllowList: ['10.0.0.0/8'],
      rateLimit: { limit: 10, windowSeconds: 60 },
      quota: { limit: 100, per: 'week' as const },
      expiresAtMs: server.clock.now() + DAY_MS,
      permissions: ['api_keys:read' as const, 'audit:read' as const],
    };
    expect((await admin.api.apiKeys.update.mutate({ id, ...change })).apiKey).toMatchObject(change);
    expect((await me(caller)).body.code).toBe('ip_not_allowed');
    caller.remoteAddress = '::ffff:10.1.2.3';
    expect((await caller.rest('GET', '/audit')).status).toBe(200);
    const [entry] = (await admin.api.audit.list.query({ act: 'api_key.changed' })).items;
    const from = { ipAllowList: [], rateLimit: null, quota: null, expiresAtMs: null, permissions: ['api_keys:read'] };
    expect(entry).toMatchObject({ target: { id }, details: { from, to: change } });
    const loosened = { ipAllowList: [], rateLimit: null, quota: null, expiresAtMs: null };
    expect((await admin.api.apiKeys.update.mutate({ id, ...loosened })).apiKey).toMatchObject(loosened);
  });

  it('that stays as it is makes no entry', async () => {
    const { apiKey } = await keyWith({ quota: { limit: 5, per: 'day' } });
    const { id, name, permissions } = apiKey;
    await admin.api.apiKeys.update.mutate({ id, name, permissions, quota: { per: 'day', limit: 5 } });
    const { items } = await admin.api.audit.list.query({ targetId: id });
    expect(items.map(({ act }) => act)).toEqual(['api_key.created']);
  });

  it.each([
    ['a time that is over', { expiresAtMs: 1 }, 'input_invalid'],
    ['no network', { ipAllowList: ['10.0.0.0/99'] }, 'input_invalid'],
    ['a quota of nothing', { quota: { limit: 0, per: 'day' } }, 'input_invalid'],
    ['another unit', { quota: { limit: 1, per: 'hour' } }, 'input_invalid'],
    ['another owner', { accountId: 'acc_0000000000000000000000' }, 'input_invalid'],
  ])('can’t be made %s', async (_what, change, code) => {
    const { apiKey } = await keyWith({});
    const { body } = await admin.rest<ProblemBody>('PATCH', `/api-keys/${apiKey.id}`, change);
    expect(body.code).toBe(code);
    expect(await admin.api.apiKeys.get.query({ id: apiKey.id })).toEqual(apiKey);
  });

  it('never becomes more than its owner or its editor holds [P16]', async () => {
    const update = (caller: Caller, id: string, change: object) =>
      caller.rest<ProblemBody>('PATCH', `/api-keys/${id}`, change);
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['member'] });
    const { apiKey: weak } = await keyWith({ accountId: worker.id });
    expect((await update(admin, weak.id, { permissions: ['users:write'] })).body.code).toBe('grant_exceeds_own');

    await admin.rest('POST', '/roles', {
      name: 'key-helper',
      description: 'Changes keys',
      permissions: ['api_keys:read', 'api_keys:write', 'all_api_keys:read', 'all_api_keys:write'],
    });
    const helper = await server.person('helper@example.com', ['key-helper']);
    const { apiKey: strong } = await keyWith({ permissions: ['users:write'], ipAllowList: ['10.0.0.0/8'] });
    for (const change of [
      { ipAllowList: [] },
      { permissions: ['api_keys:read', 'users:write'] },
      { permissions: [] },
    ]) {
      expect((await update(helper, strong.id, change)).body.code).toBe('grant_exceeds_own');
    }
    expect((await update(helper, weak.id, { rateLimit: { limit: 1, windowSeconds: 1 } })).status).toBe(200);
    expect((await update(helper, strong.id, { name: 'known' })).status).toBe(200);
  });

  it('can’t change what may ride in addresses into more than reading', async () => {
    const { apiKey } = await keyWith({ allowQuery: true });
    const { body } = await admin.rest<ProblemBody>('PATCH', `/api-keys/${apiKey.id}`, {
      permissions: ['api_keys:write'],
    });
    expect(body.issues).toMatchObject([{ path: 'allowQuery' }]);
  });

  it('brings no key back that has ended', async () => {
    const { apiKey: revoked } = await keyWith({});
    await admin.api.apiKeys.revoke.mutate({ id: revoked.id });
    const { apiKey: expired } = await keyWith({ expiresAtMs: server.clock.now() + DAY_MS });
    server.clock.advance(DAY_MS);
    for (const { id } of [revoked, expired]) {
      const { body } = await admin.rest<ProblemBody>('PATCH', `/api-keys/${id}`, {
        expiresAtMs: null,
        rateLimit: null,
        quota: { limit: 1, per: 'day' },
      });
      expect(body.code).toBe('state_conflict');
    }
  });
});
