import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import type { DenialId, KeptDenial, ProblemBody } from '@latchkey/schemas';
import { openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NOWHERE, type AccountActor } from '../actors/index.ts';
import { createRateLimits } from '../rate-limits/index.ts';
import { MINUTE_MS } from '../time/index.ts';
import { createRepeated } from './repeated.ts';
import { createDenials } from './service.ts';

let server: TestServer;
let admin: Caller;
let member: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
  member = await server.person('member@example.com');
});
afterEach(() => server.close());

const bearing = (text: string) => server.stranger().with({ authorization: `Bearer ${text}` });

async function memberKey(): Promise<{ id: string; secret: string }> {
  const { apiKey, secret } = await member.api.apiKeys.create.mutate({ name: 'key', permissions: ['api_keys:read'] });
  return { id: apiKey.id, secret };
}

/** The refusal, and what an admin finds by its id. */
async function refused(call: Promise<unknown>): Promise<[ProblemBody, KeptDenial]> {
  const problem = await problemOf(call);
  return [problem, await admin.api.denials.get.query({ id: problem.denialId! })];
}

describe('a denial', () => {
  it('says to its caller what would be enough, and to admins who was refused what, with what, whence and when', async () => {
    const { id, credential } = await member.api.me.get.query();
    const { status, headers, body } = await member.rest<ProblemBody>('GET', '/users', undefined, {
      'user-agent': 'Firefox',
    });
    const denial = {
      procedure: 'users.list',
      credential: 'session',
      missing: ['users:read'],
      wouldBeEnough: ['admin', 'auditor'],
    };
    expect([status, body.code, body.denial]).toEqual([403, 'permission_missing', denial]);
    expect(headers['www-authenticate']).toBe('Bearer realm="latchkey", error="insufficient_scope", scope="users:read"');
    const found = await admin.rest<KeptDenial>('GET', `/denials/${body.denialId}`);
    expect([found.status, found.body]).toEqual([
      200,
      {
        id: body.denialId,
        atMs: server.clock.now(),
        code: 'permission_missing',
        procedure: 'users.list',
        missing: ['users:read'],
        wouldBeEnough: ['admin', 'auditor'],
        account: { kind: 'person', id, name: 'member' },
        credential,
        apiKeyId: null,
        address: '127.0.0.1',
        userAgent: 'Firefox',
        requestId: body.requestId,
      },
    ]);
  });

  it('tells a credential that carries too little from a role that allows too little', async () => {
    const ask = async (permissions: ('users:read' | 'api_keys:read')[]) => {
      const { secret } = await admin.api.apiKeys.create.mutate({ name: 'key', permissions });
      return (await problemOf(bearing(secret).api.users.list.query({}))).denial?.wouldBeEnough;
    };
    expect(await ask(['api_keys:read'])).toEqual(['users:read']);
    const { secret } = await memberKey();
    const ofMember = await problemOf(bearing(secret).api.users.list.query({}));
    expect(ofMember.denial?.wouldBeEnough).toEqual(['admin', 'auditor']);
  });

  it('names the key, also behind a token that it asked for', async () => {
    const key = await memberKey();
    const [problem, byKey] = await refused(bearing(key.secret).api.users.list.query({}));
    expect(problem.denial).toMatchObject({ credential: 'api_key', missing: ['users:read'] });
    expect([byKey.credential, byKey.apiKeyId]).toEqual([{ kind: 'api_key', id: key.id }, key.id]);
    const { accessToken } = await bearing(key.secret).api.tokens.create.mutate({});
    const [, byToken] = await refused(bearing(accessToken).api.users.list.query({}));
    expect([byToken.credential.kind, byToken.apiKeyId]).toEqual(['access_token', key.id]);
  });

  it('is made of every refusal: another kind of credential, a sign-in too old, what a service finds missing', async () => {
    const { secret } = await memberKey();
    const [kind, keptKind] = await refused(bearing(secret).api.sessions.list.query());
    expect([kind.code, kind.denial?.wouldBeEnough, keptKind.missing]).toEqual([
      'credential_not_accepted',
      ['session'],
      ['credential'],
    ]);
    server.clock.advance(16 * MINUTE_MS);
    const [old] = await refused(admin.api.settings.update.mutate({ signUpOpen: true }));
    expect([old.code, old.denial]).toEqual([
      'fresh_sign_in_needed',
      { procedure: 'settings.update', credential: 'session', missing: ['fresh_sign_in'], wouldBeEnough: ['session'] },
    ]);
    const auditor = await server.person('auditor@example.com', ['auditor']);
    const { items } = await admin.api.apiKeys.list.query({});
    const [inside] = await refused(auditor.api.apiKeys.revoke.mutate({ id: items[0]!.id }));
    expect([inside.code, inside.denial]).toEqual([
      'permission_missing',
      {
        procedure: 'apiKeys.revoke',
        credential: 'session',
        missing: ['all_api_keys:write'],
        wouldBeEnough: ['admin'],
      },
    ]);
  });

  it('tells a stranger what is missing alone, and isn’t kept', async () => {
    const problem = await problemOf(server.stranger().api.users.list.query({}));
    expect([problem.code, problem.denial, problem.denialId]).toEqual([
      'credential_missing',
      { missing: ['credential'] },
      undefined,
    ]);
    expect(await admin.api.denials.list.query({})).toEqual({ items: [], nextCursor: null });
  });

  it('is found by account, by key and by what was missing, a page at a time', async () => {
    const { id, secret } = await memberKey();
    await refused(member.api.users.list.query({}));
    server.clock.advance(1);
    await refused(bearing(secret).api.users.list.query({}));
    server.clock.advance(1);
    await refused(member.api.audit.list.query({}));
    const procedures = async (filter: Parameters<Caller['api']['denials']['list']['query']>[0]) =>
      (await admin.api.denials.list.query(filter)).items.map((each) => [each.procedure, each.credential.kind]);
    const { id: accountId } = await member.api.me.get.query();
    const [first, second, third] = [
      ['audit.list', 'session'],
      ['users.list', 'api_key'],
      ['users.list', 'session'],
    ];
    expect(await procedures({ accountId })).toEqual([first, second, third]);
    expect(await procedures({ accountId: (await admin.api.me.get.query()).id })).toEqual([]);
    expect(await procedures({ apiKeyId: id })).toEqual([second]);
    expect(await procedures({ missing: 'users:read' })).toEqual([second, third]);
    const { nextCursor } = await admin.api.denials.list.query({ limit: 2 });
    expect(await procedures({ cursor: nextCursor! })).toEqual([third]);
  });

  it('is there after a restart', async () => {
    const { denialId } = await problemOf(member.api.users.list.query({}));
    await server.restart();
    const found = await (await server.admin()).api.denials.get.query({ id: denialId! });
    expect(found.procedure).toBe('users.list');
  });

  it('is nobody’s to see without audit:read', async () => {
    const [{ denialId }] = await refused(member.api.users.list.query({}));
    expect((await problemOf(member.api.denials.get.query({ id: denialId! }))).code).toBe('permission_missing');
    const never = `den_${'0'.repeat(22)}` as DenialId;
    expect((await problemOf(admin.api.denials.get.query({ id: never }))).code).toBe('not_found');
  });
});

describe('a storm of denials', () => {
  const actor = (credential: number): AccountActor => ({
    kind: 'person',
    accountId: 'acc_1' as never,
    name: 'Ada',
    email: null,
    roles: [],
    permissions: new Set(),
    credential: { kind: 'session', id: `ses_${credential}` as never, authenticatedAtMs: 0 },
    from: NOWHERE,
  });
  const denial = { procedure: 'p', credential: 'session', missing: ['users:read'], wouldBeEnough: [] } as const;
  const denied = (credential: number) => ({
    actor: actor(credential),
    code: 'permission_missing' as const,
    denial: { ...denial, missing: [...denial.missing], wouldBeEnough: [] },
  });

  function open(keptInAll?: number) {
    const { storage, services } = server;
    const clock = server.clock.now;
    const repeated = createRepeated({ audit: services.audit, rateLimits: createRateLimits({ storage, clock }) });
    return createDenials({ storage, repeated, clock, onFailure: () => undefined, ...(keptInAll && { keptInAll }) });
  }

  it('of one credential leaves room for the others, and of all is bounded', async () => {
    const denials = open();
    const keep = (credential: number) => denials.keep(denied(credential)).denialId;
    const kept = (count: number, credential: (turn: number) => number) =>
      Array.from({ length: count }, (_, turn) => keep(credential(turn))).filter((id) => id !== undefined).length;
    expect(kept(5_000, () => 0)).toBe(10);
    expect(kept(1, () => 1)).toBe(1);
    expect(kept(5_000, (turn) => turn)).toBeLessThan(200);
    await denials.flush();
    expect((await rowsOf()).length).toBe(200);
    expect(kept(5_000, () => 0)).toBe(10);
    await denials.close();
  });

  it(
    'is kept while another process doesn’t let it be written, and no more than its bound',
    { timeout: 20_000 },
    async () => {
      const denials = open();
      const fill = () => Array.from({ length: 5_000 }, (_, turn) => denials.keep(denied(turn)).denialId);
      const [denialId] = fill();
      const other = new Database(join(server.dataDir, 'latchkey.sqlite'));
      other.exec('BEGIN IMMEDIATE');
      const failing = denials.flush();
      await setImmediate();
      fill();
      await expect(failing).rejects.toMatchObject({ code: 'storage_unavailable' });
      other.close();
      await denials.flush();
      const written = await rowsOf();
      expect([written.length, written.some(({ id }) => id === denialId)]).toEqual([200, true]);
      await denials.close();
    },
  );

  it('turns the ring: the oldest go, and the newest are there', async () => {
    const denials = open(15);
    const ids = [];
    for (const turn of [0, 1, 2, 3]) {
      for (const _ of Array(9)) ids.push(denials.keep(denied(turn)).denialId);
      await denials.flush();
    }
    expect((await rowsOf()).map(({ id }) => id)).toEqual(ids.slice(-15));
    await denials.close();
  });

  async function rowsOf() {
    const { db, tables } = server.storage.read;
    return db.select().from(tables.denials).orderBy(tables.denials.number);
  }
});
