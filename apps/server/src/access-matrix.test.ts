import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { ALL_PERMISSIONS, BUILT_IN_ROLES, noInput, type GuardDescription, type ProblemBody } from '@latchkey/schemas';
import { Caller, openTestServer, type TestServer } from '@latchkey/testkit';
import { initTRPC, type AnyTRPCRouter } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLog, readConfig } from './compose.ts';
import { createAppRouter } from './router.ts';
import { describeGuards } from './rpc/index.ts';
import { createServer } from './server.ts';
import { SESSION_TOKEN_TYPE } from './sessions/index.ts';

const COMMITTED = fileURLToPath(new URL('../access-matrix.json', import.meta.url));
const DECLARED = JSON.parse(readFileSync(COMMITTED, 'utf8')) as GuardDescription[];

/** What the caller holds, as far as a guard asks. */
type Holder = {
  credential: 'session' | 'access_token' | 'api_key';
  roles: readonly string[];
  permissions: readonly string[];
  person: boolean;
  madeByKey?: boolean;
  stale?: boolean;
  lacksFactor?: boolean;
};
/** A caller: who they are to the guards, or the code with which the credential itself is refused. */
type Kind = { as: Holder | string; caller: Caller };

const MEMBER = BUILT_IN_ROLES.member.permissions;
const AUDITOR = BUILT_IN_ROLES.auditor.permissions;

let server: TestServer;
let admin: Caller;
let kinds: Record<string, Kind>;

async function keyOf(permissions: readonly string[], change: 'expired' | 'revoked' | null = null): Promise<string> {
  const { id: accountId } = await admin.api.serviceAccounts.create.mutate({
    name: `worker ${change}`,
    roles: ['admin'],
  });
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({
    name: 'key',
    accountId,
    permissions: ALL_PERMISSIONS.filter((each) => permissions.includes(each)),
    expiresAtMs: change === 'expired' ? server.clock.now() + 1 : null,
  });
  if (change === 'revoked') await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });
  return secret;
}

const bearing = (text: string) => server.stranger().with({ authorization: `Bearer ${text}` });

async function makeKinds(): Promise<Record<string, Kind>> {
  const signedIn = (roles: string[]) => server.person(`${roles.join('-') || 'nobody'}@example.com`, roles);
  const everyKey = await keyOf(ALL_PERMISSIONS);
  const token = async (caller: Caller, input: Parameters<Caller['api']['tokens']['create']['mutate']>[0]) =>
    (await caller.api.tokens.create.mutate(input)).accessToken;
  const keys = {
    all: everyKey,
    none: await keyOf([]),
    expired: await keyOf(ALL_PERMISSIONS, 'expired'),
    revoked: await keyOf(ALL_PERMISSIONS, 'revoked'),
  };
  const claims = { iss: server.publicUrl, aud: server.publicUrl, sub: 'acc_x', iat: 1, exp: 9_999_999_999, jti: 'x' };
  const audience = 'https://notes.example.com';
  await admin.api.resources.create.mutate({ name: 'Notes', audience });
  const tokens = {
    expired: await token(admin, { ttlSeconds: 1 }),
    elsewhere: await token(admin, { audience }),
    session: await server.signingKeys.sign({ typ: SESSION_TOKEN_TYPE, claims }),
  };
  const stale = await server.admin();
  const disabled = await server.person('disabled@example.com');
  const { items } = await admin.api.users.list.query({ q: 'disabled@' });
  for (const { id } of items) await admin.api.users.update.mutate({ id, disabled: true });
  server.clock.advance(60 * 60_000);
  admin = await server.admin();
  await admin.api.roles.create.mutate({ name: 'guarded', description: 'x', permissions: [] });
  const fresh = {
    ...tokens,
    all: await token(admin, { ttlSeconds: 900 }),
    none: await token(admin, { permissions: [], ttlSeconds: 900 }),
    byKey: await token(bearing(everyKey), { ttlSeconds: 900 }),
  };
  const person = (roles: readonly string[], permissions: readonly string[]): Holder => ({
    credential: 'session',
    roles,
    permissions,
    person: true,
  });
  const lacking = await signedIn(['auditor', 'guarded']);
  const keyOfLacking = await lacking.api.apiKeys.create.mutate({ name: 'key', permissions: ['users:read'] });
  const tokenOfLacking = await token(lacking, { ttlSeconds: 900 });
  await admin.api.roles.update.mutate({ name: 'guarded', secondFactorFromMs: server.clock.now() });
  // As a header, so that an answer that takes the cookie away doesn't.
  const cookie = (value: string | null) => server.stranger().with({ cookie: `__Host-latchkey=${value}` });
  const key = (permissions: readonly string[]): Holder => ({
    credential: 'api_key',
    roles: ['admin'],
    permissions,
    person: false,
  });
  const bearer = (permissions: readonly string[]): Holder => ({
    credential: 'access_token',
    roles: ['admin'],
    permissions,
    person: true,
  });
  return {
    anonymous: { as: 'credential_missing', caller: server.stranger() },
    'person without a role': { as: person([], []), caller: await signedIn([]) },
    member: { as: person(['member'], MEMBER), caller: await signedIn(['member']) },
    auditor: { as: person(['auditor'], AUDITOR), caller: await signedIn(['auditor']) },
    admin: { as: person(['admin'], ALL_PERMISSIONS), caller: admin },
    'stale admin': { as: { ...person(['admin'], ALL_PERMISSIONS), stale: true }, caller: cookie(stale.cookie) },
    'person without the factor that is due': {
      as: { ...person(['auditor'], AUDITOR), lacksFactor: true },
      caller: lacking,
    },
    'their token': { as: { ...bearer(AUDITOR), lacksFactor: true }, caller: bearing(tokenOfLacking) },
    'their key': { as: key(['users:read']), caller: bearing(keyOfLacking.secret) },
    'disabled person': { as: 'session_ended', caller: cookie(disabled.cookie) },
    'garbage cookie': { as: 'session_ended', caller: cookie('Fe26.2*garbage') },
    'key with everything': { as: key(ALL_PERMISSIONS), caller: bearing(keys.all) },
    'key with nothing': { as: key([]), caller: bearing(keys.none) },
    'expired key': { as: 'api_key_expired', caller: bearing(keys.expired) },
    'revoked key': { as: 'api_key_revoked', caller: bearing(keys.revoked) },
    'token with everything': { as: bearer(ALL_PERMISSIONS), caller: bearing(fresh.all) },
    'token with nothing': { as: bearer([]), caller: bearing(fresh.none) },
    'token made by a key': {
      as: { ...bearer(ALL_PERMISSIONS), person: false, madeByKey: true },
      caller: bearing(fresh.byKey),
    },
    'expired token': { as: 'token_expired', caller: bearing(fresh.expired) },
    'token for another audience': { as: 'token_invalid', caller: bearing(fresh.elsewhere) },
    'token of another type': { as: 'token_invalid', caller: bearing(fresh.session) },
  };
}

/** What the declared guard makes of a caller, written down a second time and apart from the guards' own code. */
function expected(guard: GuardDescription, as: Holder | string): string {
  if (guard.rung === 'open') return 'through';
  if (typeof as === 'string') return as;
  if (as.lacksFactor && !(guard.withoutFactor && as.credential === 'session')) return 'factor_required';
  if (!guard.credentials.includes(as.credential)) return 'credential_not_accepted';
  if (as.madeByKey && guard.credentials.includes('session') && !guard.credentials.includes('api_key'))
    return 'credential_not_accepted';
  if (guard.rung === 'role' && !as.roles.includes(guard.demands ?? '')) return 'permission_missing';
  if (guard.rung === 'permitted' && !as.permissions.includes(guard.demands ?? '')) return 'permission_missing';
  if (guard.freshWithinMs !== null && (as.credential === 'api_key' || as.madeByKey || as.stale))
    return 'fresh_sign_in_needed';
  return 'through';
}

const REFUSALS = new Set([
  'credential_missing',
  'session_ended',
  'token_expired',
  'token_invalid',
  'api_key_invalid',
  'api_key_expired',
  'api_key_revoked',
  'fresh_sign_in_needed',
  'factor_required',
  'permission_missing',
  'credential_not_accepted',
]);

/** An input that no schema takes: whoever is let through learns that, and nothing changes. */
async function outcome(caller: Caller, guard: GuardDescription): Promise<string> {
  const url = `/trpc/${guard.procedure}`;
  const input = { ' ': null };
  const answer =
    guard.kind === 'query'
      ? await caller.request<{ error?: { data: { problem: ProblemBody } } }>(
          'GET',
          `${url}?input=${encodeURIComponent(JSON.stringify(input))}`,
        )
      : await caller.request<{ error?: { data: { problem: ProblemBody } } }>('POST', url, input);
  const code = answer.body.error?.data.problem.code;
  return code !== undefined && REFUSALS.has(code) ? code : 'through';
}

beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
  kinds = await makeKinds();
});
afterAll(() => server.close());

describe('the access matrix', () => {
  it('is the committed one: what became public is a line in a diff', async () => {
    await expect(`${JSON.stringify(describeGuards(server.router), null, 2)}\n`).toMatchFileSnapshot(COMMITTED);
  });

  it('is what an admin reads over REST', async () => {
    const { body } = await admin.rest<{ procedures: GuardDescription[] }>('GET', '/access-matrix');
    expect(body.procedures).toEqual(DECLARED);
  });

  for (const guard of DECLARED) {
    it(`[B14] holds for ${guard.procedure}, for every kind of caller`, async () => {
      const seen: Record<string, string> = {};
      const wanted: Record<string, string> = {};
      for (const [name, { as, caller }] of Object.entries(kinds)) {
        wanted[name] = expected(guard, as);
        seen[name] = await outcome(caller, guard);
      }
      expect(seen).toEqual(wanted);
    });
  }

  it('has at least ten kinds of caller, and somebody for every refusal', () => {
    expect(Object.keys(kinds).length).toBeGreaterThanOrEqual(10);
  });
});

describe('a guard that somebody loosens', () => {
  /** All that ask for `settings:read`. */
  const LOOSENED = ['settings.alertWebhook', 'settings.get', 'signingKeys.list'];

  /** The same server, but for that guard. */
  function loosen(): { router: AnyTRPCRouter; as: (caller: Caller) => Caller } {
    const { rpc, services } = server;
    const permitted: typeof rpc.permitted = (permission, options) =>
      permission === 'settings:read' ? rpc.authenticated : rpc.permitted(permission, options);
    const router = createAppRouter({ ...rpc, permitted }, services);
    const config = readConfig({ LATCHKEY_URL: server.publicUrl, LATCHKEY_DATA_DIR: server.dataDir });
    const app = createServer({ ...server, router, config, log: createLog('fatal') });
    const as = ({ headers, cookie }: Caller) =>
      Object.assign(new Caller(app, server.publicUrl).with(headers), { cookie });
    return { router, as };
  }

  it('shows in the matrix as served, against the committed one, and in its cells, and nowhere else', async () => {
    const { router, as } = loosen();
    const { body } = await as(admin).rest<{ procedures: GuardDescription[] }>('GET', '/access-matrix');
    const served = body.procedures.filter((guard, place) => !isDeepStrictEqual(guard, DECLARED[place]));
    expect(served).toEqual(
      LOOSENED.map((procedure) => expect.objectContaining({ procedure, rung: 'authenticated', demands: null })),
    );

    const committed = DECLARED.filter((guard, place) => !isDeepStrictEqual(guard, describeGuards(router)[place]));
    expect(committed.map(({ procedure }) => procedure)).toEqual(LOOSENED);

    const wrong = new Set<string>();
    for (const guard of DECLARED.filter(({ kind }) => kind === 'query')) {
      for (const [name, { as: holder, caller }] of Object.entries(kinds)) {
        if ((await outcome(as(caller), guard)) !== expected(guard, holder)) wrong.add(`${guard.procedure} as ${name}`);
      }
    }
    expect([...wrong].toSorted()).toEqual(
      LOOSENED.flatMap((procedure) =>
        ['key with nothing', 'member', 'person without a role', 'their key', 'token with nothing'].map(
          (name) => `${procedure} as ${name}`,
        ),
      ),
    );
  });
});

describe('a server with an unguarded procedure', () => {
  const bare = initTRPC.meta<object>().create().procedure.input(noInput);

  it('does not start', () => {
    const { rpc } = server;
    const router = rpc.router({ fine: rpc.open.input(noInput).query(() => 1), bad: bare.query(() => 1) });
    expect(() => describeGuards(router)).toThrow('Procedures without a guard: bad');
  });

  it('does not start either when its meta claims a guard', () => {
    const router = server.rpc.router({ bad: bare.meta({ guard: { rung: 'open' } }).query(() => 1) });
    expect(() => describeGuards(router)).toThrow('Procedures without a guard: bad');
  });

  it('keeps its guard whatever meta a leaf writes over it', () => {
    const { rpc } = server;
    const leaf = rpc
      .permitted('users:write')
      .meta({ guard: 'open' } as object)
      .input(noInput)
      .query(() => 1);
    expect(describeGuards(rpc.router({ leaf }))).toMatchObject([{ rung: 'permitted', demands: 'users:write' }]);
  });

  it('does not start when a procedure takes any input', () => {
    const { rpc } = server;
    expect(() => describeGuards(rpc.router({ bad: rpc.open.query(() => 1) }))).toThrow('without an input schema: bad');
  });
});
