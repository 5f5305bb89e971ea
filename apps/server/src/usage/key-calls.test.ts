import type { ApiKeyId, PermissionName } from '@latchkey/schemas';
import { openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS } from '../time/index.ts';
import * as rows from './rows.ts';

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

async function makeKey(permissions: PermissionName[], more: object = {}) {
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'worker', permissions, ...more });
  return { id: apiKey.id, secret, caller: server.stranger().with({ 'x-api-key': secret }) };
}

/** What was counted of a key: procedure, permissions, outcome, how often. */
async function countedOf(id: ApiKeyId): Promise<string[]> {
  await server.recorder.flush();
  const { db, tables } = server.storage.read;
  const hours = await db.select().from(tables.apiKeyUsage).where(eq(tables.apiKeyUsage.apiKeyId, id));
  return hours
    .flatMap(({ procedure, permissions, ok, denied, limited, failed }) =>
      Object.entries({ ok, denied, limited, failed })
        .filter(([, count]) => count > 0)
        .map(([outcome, count]) => [procedure, permissions, outcome, count].filter((each) => each !== '').join(' ')),
    )
    .toSorted();
}

describe('a call by a key', () => {
  it('counts with what came of it, on tRPC and on REST', async () => {
    const { id, caller } = await makeKey(['api_keys:read']);
    await caller.rest('GET', '/me');
    await caller.api.me.get.query();
    await caller.rest('GET', '/audit');
    await caller.rest('GET', '/api-keys?limit=0');
    await caller.rest('GET', '/api-keys/0000000000000000000000');
    expect(await countedOf(id)).toEqual([
      'apiKeys.get api_keys:read failed 1',
      'apiKeys.list api_keys:read failed 1',
      'audit.list denied 1',
      'me.get ok 2',
    ]);
  });

  it('counts each of a batch for itself', async () => {
    const { id, caller } = await makeKey(['api_keys:read']);
    await caller.request('GET', '/trpc/me.get,audit.list,apiKeys.list?batch=1&input={"2":{}}');
    expect(await countedOf(id)).toEqual(['apiKeys.list api_keys:read ok 1', 'audit.list denied 1', 'me.get ok 1']);
  });

  it('counts with all permissions that it came to rely on, not only the guard’s', async () => {
    const { id, caller } = await makeKey(['api_keys:read', 'all_api_keys:read']);
    await caller.rest('GET', '/api-keys');
    expect(await countedOf(id)).toEqual(['apiKeys.list all_api_keys:read api_keys:read ok 1']);
  });

  it('counts for the key whose token made it; a token for elsewhere relies on all that it carries', async () => {
    const audience = 'https://notes.example.com';
    const permissions = [{ name: 'notes:read' as const, description: 'Read notes.' }];
    await admin.api.resources.create.mutate({ name: 'Notes', audience, permissions });
    const { id, caller } = await makeKey(['audit:read', 'notes:read']);
    const { accessToken } = await caller.api.tokens.create.mutate({});
    await server
      .stranger()
      .with({ authorization: `Bearer ${accessToken}` })
      .rest('GET', '/audit');
    await caller.api.tokens.create.mutate({ audience });
    expect(await countedOf(id)).toEqual([
      'audit.list audit:read ok 1',
      'tokens.create notes:read ok 1',
      'tokens.create ok 1',
    ]);
  });

  it('counts though it is refused for what the key is, but not for who doesn’t hold it', async () => {
    const { id, secret, caller } = await makeKey(['api_keys:read'], {
      ipAllowList: ['10.0.0.0/8'],
      rateLimit: { limit: 1, windowSeconds: 60 },
      expiresAtMs: server.clock.now() + DAY_MS,
    });
    await caller.rest('GET', '/me');
    caller.remoteAddress = '10.0.0.1';
    await caller.rest('GET', '/me');
    await caller.rest('GET', '/me');
    await server
      .stranger()
      .with({ 'x-api-key': `${secret.slice(0, 26)}${'0'.repeat(49)}` })
      .rest('GET', '/me');
    expect(await countedOf(id)).toEqual(['me.get denied 1', 'me.get limited 1', 'me.get ok 1']);
    server.clock.advance(DAY_MS);
    await caller.rest('GET', '/me');
    expect(await countedOf(id)).toHaveLength(4);
  });

  it('counts for no key when a person makes it', async () => {
    await admin.rest('GET', '/me');
    await server.recorder.flush();
    expect(await server.storage.read.db.select().from(server.storage.read.tables.apiKeyUsage)).toEqual([]);
  });

  it('tells who still uses the secret that a rotation replaced', async () => {
    const { id, caller } = await makeKey(['api_keys:read']);
    const { secret } = await admin.api.apiKeys.rotate.mutate({ id, graceSeconds: 3600 });
    caller.remoteAddress = '192.0.2.7';
    await caller.rest('GET', '/me');
    await server.stranger().with({ 'x-api-key': secret }).rest('GET', '/me');
    await server.recorder.flush();
    const found = await rows.listSources(server.storage.read, id);
    expect(found.map(({ network, previousSecretAtMs }) => [network, previousSecretAtMs !== null])).toEqual([
      ['127.0.0.1', false],
      ['192.0.2.7', true],
    ]);
  });
});

describe('a service that asks about a key', () => {
  it('counts as its use, with the permission that it asked about', async () => {
    const { id, secret } = await makeKey(['api_keys:read', 'audit:read']);
    for (const permission of ['audit:read', 'users:read'] as const) {
      await admin.api.apiKeys.verify.mutate({ key: secret, permission, ip: '192.0.2.9' });
    }
    await admin.api.apiKeys.verify.mutate({ key: secret, ip: '192.0.2.9' });
    expect(await countedOf(id)).toEqual([
      'verified api_keys:read audit:read ok 1',
      'verified audit:read ok 1',
      'verified denied 1',
    ]);
    expect(await rows.listSources(server.storage.read, id)).toMatchObject([{ network: '192.0.2.9', calls: 3 }]);
    await server.lastUse.flush();
    expect((await admin.api.apiKeys.get.query({ id })).lastUsedAtMs).toBe(server.clock.now());
  });
});
