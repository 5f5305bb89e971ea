import type { Permission } from '@latchkey/schemas';
import { openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

async function makeKey(permissions: Permission[] = ['api_keys:read'], more: object = {}) {
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'worker', permissions, ...more });
  return { id: apiKey.id, caller: server.stranger().with({ 'x-api-key': secret }) };
}

/** Sessions don't last as long. */
async function later(ms: number): Promise<void> {
  server.clock.advance(ms);
  admin = await server.admin();
}

async function use(caller: Caller, path: string, times: number): Promise<void> {
  for (let call = 0; call < times; call += 1) await caller.rest('GET', path);
  await server.recorder.flush();
}

describe('the usage of a key', () => {
  it('is told by time, by what was called and together', async () => {
    const { id, caller } = await makeKey();
    await use(caller, '/me', 2);
    server.clock.advance(HOUR_MS);
    await use(caller, '/audit', 3);
    const usage = await admin.api.apiKeys.usage.query({ id, range: '24h' });
    expect(usage.totals).toEqual({ ok: 2, denied: 3, limited: 0, failed: 0 });
    expect(usage.procedures).toEqual([
      { procedure: 'audit.list', ok: 0, denied: 3, limited: 0, failed: 0 },
      { procedure: 'me.get', ok: 2, denied: 0, limited: 0, failed: 0 },
    ]);
    expect(usage.buckets.slice(-2).map(({ ok, denied }) => [ok, denied])).toEqual([
      [2, 0],
      [0, 3],
    ]);
    server.clock.advance(DAY_MS);
    expect((await admin.api.apiKeys.usage.query({ id, range: '24h' })).totals.ok).toBe(0);
    expect((await admin.rest('GET', `/api-keys/${id}/usage`)).body).toMatchObject({
      range: '30d',
      totals: usage.totals,
    });
  });

  it('says what is left of its quota and when that refills', async () => {
    const { id, caller } = await makeKey(['api_keys:read'], { quota: { limit: 3, per: 'day' } });
    await use(caller, '/me', 1);
    const { quota } = await admin.api.apiKeys.usage.query({ id });
    const refillsAtMs = server.clock.now() - (server.clock.now() % DAY_MS) + DAY_MS;
    expect(quota).toEqual({ limit: 3, per: 'day', left: 2, refillsAtMs });
  });

  it('names who still uses the old secret, until the next rotation', async () => {
    const { id, caller } = await makeKey();
    await admin.api.apiKeys.rotate.mutate({ id, graceSeconds: 3600 });
    caller.headers['user-agent'] = 'nightly-export/2';
    await use(caller, '/me', 2);
    const nowMs = server.clock.now();
    const source = {
      network: '127.0.0.1',
      agent: 'nightly-export/2',
      calls: 2,
      firstSeenAtMs: nowMs,
      lastSeenAtMs: nowMs,
    };
    expect((await admin.api.apiKeys.sources.query({ id })).items).toEqual([{ ...source, oldSecretAtMs: nowMs }]);
    server.clock.advance(MINUTE_MS);
    await admin.api.apiKeys.rotate.mutate({ id, graceSeconds: 3600 });
    expect((await admin.api.apiKeys.sources.query({ id })).items).toEqual([{ ...source, oldSecretAtMs: null }]);
  });

  it('suggests to take away what it didn’t use in 30 days, which denies nothing that it did', async () => {
    const { id, caller } = await makeKey(['api_keys:read', 'audit:read', 'users:read']);
    await use(caller, '/users', 1);
    await later(31 * DAY_MS);
    await use(caller, '/audit', 2);
    const fresh = await admin.rest<{ unused: string[]; permissions: object[]; calls: number }>(
      'GET',
      `/api-keys/${id}/suggestion`,
    );
    expect(fresh.body).toMatchObject({ unused: ['api_keys:read', 'users:read'], calls: 2 });
    const { permissions } = await admin.api.apiKeys.get.query({ id });
    const kept = permissions.filter((each) => !fresh.body.unused.includes(each));
    await admin.api.apiKeys.update.mutate({ id, permissions: kept });
    expect((await caller.rest('GET', '/audit')).status).toBe(200);
    expect((await caller.rest('GET', '/users')).status).toBe(403);
  });

  it('is told of several keys at once for the small pictures', async () => {
    const [one, other] = [await makeKey(), await makeKey()];
    await use(one.caller, '/me', 2);
    const { items } = await admin.api.apiKeys.activity.query({ ids: [one.id, other.id] });
    expect(items.map(({ id, calls }) => [id, calls.length, calls.at(-1)])).toEqual([
      [one.id, 30, 2],
      [other.id, 30, 0],
    ]);
  });

  it('of a stranger is not found, be it one of many [B12]', async () => {
    const { id } = await makeKey();
    const member = await server.person('member@example.com');
    const { apiKey } = await member.api.apiKeys.create.mutate({ name: 'own', permissions: [] });
    const { usage, sources, suggestion, activity } = member.api.apiKeys;
    const asked = [
      usage.query({ id }),
      sources.query({ id }),
      suggestion.query({ id }),
      activity.query({ ids: [apiKey.id, id] }),
    ];
    for (const each of asked) expect((await problemOf(each)).code).toBe('not_found');
    expect((await activity.query({ ids: [apiKey.id] })).items).toHaveLength(1);
  });
});

describe('the list of keys', () => {
  it('finds those that nobody has used for so many days', async () => {
    const used = await makeKey();
    await makeKey();
    await later(89 * DAY_MS);
    await use(used.caller, '/me', 1);
    await server.lastUse.flush();
    await makeKey();
    const unused = async () => (await admin.api.apiKeys.list.query({ unusedForDays: 90 })).items.length;
    expect(await unused()).toBe(0);
    await later(2 * DAY_MS);
    expect(await unused()).toBe(1);
    await later(90 * DAY_MS);
    expect(await unused()).toBe(3);
  });
});
