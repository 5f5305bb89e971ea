import { ALL_PERMISSIONS, type AccountId, type Permission, type ProblemBody, type User } from '@latchkey/schemas';
import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: TestServer;
let admin: Caller;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterAll(() => server.close());

let emails = 0;
const newEmail = () => `person-${(emails += 1)}@example.com`;
const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;
const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;
const tokenIn = (link: string | null) => link?.split('#')[1] ?? '';

async function makeRole(name: string, permissions: Permission[]): Promise<string> {
  await admin.api.roles.create.mutate({ name, description: 'For a test', permissions });
  return name;
}

async function accept(link: string | null, caller = server.stranger()) {
  return caller.api.invitations.accept.mutate({ token: tokenIn(link), name: 'New', password: 'a good password' });
}

describe('nobody gives more than they hold', () => {
  let helper: Caller;
  beforeAll(async () => {
    const own: Permission[] = ['users:read', 'users:write', 'roles:write', 'service_accounts:write'];
    const role = await makeRole('helper', [...own, 'api_keys:read', 'api_keys:write']);
    helper = await server.person('helper@example.com', [role]);
  });

  it('when they make people, service accounts, roles or keys', async () => {
    const tries = [
      helper.api.users.create.mutate({ email: newEmail(), roles: ['admin'] }),
      helper.api.users.create.mutate({ email: newEmail(), roles: ['member', 'auditor'], password: ADMIN.password }),
      helper.api.serviceAccounts.create.mutate({ name: 'robot', roles: ['admin'] }),
      helper.api.roles.create.mutate({ name: 'mine', description: 'x', permissions: ['audit:read'] }),
      helper.api.apiKeys.create.mutate({ name: 'key', permissions: ['audit:read'] }),
      helper.api.tokens.create.mutate({ permissions: ['audit:read'] }),
    ];
    expect(new Set(await Promise.all(tries.map(codeOf)))).toEqual(new Set(['grant_exceeds_own']));
    await expect(
      helper.api.users.create.mutate({ email: newEmail(), roles: ['member', 'helper'] }),
    ).resolves.toBeTruthy();
  });

  it('when they change people, whom they can’t touch if those hold more', async () => {
    const [person, boss] = [await server.person(newEmail()), await server.person(newEmail(), ['admin'])];
    const [id, bossId] = [await idOf(person), await idOf(boss)];
    const bossSession = (await boss.api.me.get.query()).credential.id;
    const { user: invited } = await admin.api.users.create.mutate({ email: newEmail(), roles: ['admin'] });
    const robot = await admin.api.serviceAccounts.create.mutate({ name: 'robot', roles: ['admin'] });
    const tries = [
      helper.api.users.update.mutate({ id, roles: ['admin'] }),
      helper.api.users.update.mutate({ id, roles: ['member', 'auditor'] }),
      helper.api.users.update.mutate({ id: await idOf(helper), roles: ['admin'] }),
      helper.api.users.update.mutate({ id: bossId, roles: ['member'] }),
      helper.api.users.update.mutate({ id: bossId, disabled: true }),
      helper.api.users.update.mutate({ id: bossId, name: 'Fool' }),
      helper.api.users.update.mutate({ id: bossId }),
      helper.api.users.resendInvitation.mutate({ id: invited.id }),
      helper.api.serviceAccounts.update.mutate({ id: robot.id, disabled: true }),
      helper.api.userSessions.endAll.mutate({ id: bossId }),
      helper.api.userSessions.end.mutate({ id: bossId, sessionId: bossSession }),
    ];
    expect(new Set(await Promise.all(tries.map(codeOf)))).toEqual(new Set(['grant_exceeds_own']));
    expect(await boss.api.me.get.query()).toMatchObject({ roles: ['admin'] });
    await helper.api.users.update.mutate({ id, name: 'Renamed', roles: ['helper'] });
    expect(await person.api.me.get.query()).toMatchObject({ name: 'Renamed', roles: ['helper'] });
    expect(await helper.api.userSessions.endAll.mutate({ id })).toEqual({ ended: 1 });
    expect(await codeOf(person.api.me.get.query())).toBe('session_ended');
  });

  it('by a key, which learns no link with which it could become a person [B28]', async () => {
    const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'inviter', roles: ['admin'] });
    const input = { name: 'key', permissions: ALL_PERMISSIONS, accountId };
    const { secret } = await admin.api.apiKeys.create.mutate(input);
    const byKey = server.stranger().with({ 'x-api-key': secret });
    const { accessToken } = await byKey.api.tokens.create.mutate({});
    for (const caller of [byKey, server.stranger().with({ authorization: `Bearer ${accessToken}` })]) {
      const email = newEmail();
      const made = await caller.api.users.create.mutate({ email });
      expect(made).toMatchObject({ user: { email, status: 'invited' }, invitationLink: null, mailed: false });
      const again = await caller.api.users.resendInvitation.mutate({ id: made.user.id });
      expect([again.invitationLink, again.mailed]).toEqual([null, false]);
      expect(JSON.stringify([made, again])).not.toContain('#');
    }
  });

  it('through a token that carries less than its account', async () => {
    const { accessToken } = await admin.api.tokens.create.mutate({ permissions: ['users:write', 'roles:write'] });
    const less = server.stranger().with({ authorization: `Bearer ${accessToken}` });
    const person = await idOf(await server.person(newEmail()));
    const tries = [
      less.api.users.create.mutate({ email: newEmail(), roles: ['member'] }),
      less.api.users.update.mutate({ id: person, disabled: true }),
      less.api.roles.create.mutate({ name: 'more', description: 'x', permissions: ['audit:read'] }),
    ];
    expect(new Set(await Promise.all(tries.map(codeOf)))).toEqual(new Set(['grant_exceeds_own']));
    await expect(less.api.users.create.mutate({ email: newEmail(), roles: [] })).resolves.toBeTruthy();
  });
});

describe('a person', () => {
  it('changes their own name and nothing else of themselves [B13] [V8.2.3]', async () => {
    const person = await server.person(newEmail());
    const before = await person.api.me.get.query();
    const [row] = (await admin.api.users.list.query({ q: before.email! })).items;
    const protectedFields = {
      id: await idOf(admin),
      accountId: 'x',
      kind: 'service',
      email: 'other@example.com',
      emailVerified: true,
      verified: true,
      roles: ['admin'],
      role: 'admin',
      permissions: ALL_PERMISSIONS,
      status: 'active',
      disabled: false,
      password: 'another password',
      passwordHash: 'x',
      createdAtMs: 0,
      lastSignInAtMs: 0,
    };
    for (const [field, value] of Object.entries(protectedFields)) {
      type Refused = { error: { data: { problem: ProblemBody } } };
      const { status, body } = await person.request<Refused>('POST', '/trpc/me.update', { name: 'Me', [field]: value });
      expect([field, status, body.error.data.problem.issues]).toEqual([
        field,
        400,
        [{ path: field, message: 'There is no such field.' }],
      ]);
    }
    expect((await admin.api.users.list.query({ q: before.email! })).items).toEqual([row]);
    await person.api.me.update.mutate({ name: '  Ada Lovelace ' });
    expect(await person.api.me.get.query()).toEqual({ ...before, name: 'Ada Lovelace' });
  });

  it('is invited, becomes active by accepting, and may be disabled and enabled in each state', async () => {
    const email = newEmail();
    const { user, invitationLink } = await admin.api.users.create.mutate({ email });
    expect(user).toMatchObject({ email, name: email.split('@')[0], status: 'invited', roles: ['member'] });
    const statusAfter = async (disabled: boolean) =>
      (await admin.api.users.update.mutate({ id: user.id, disabled })).status;
    expect(await statusAfter(true)).toBe('disabled');
    expect(await codeOf(accept(invitationLink))).toBe('link_used');
    expect(await statusAfter(false)).toBe('invited');
    const person = server.stranger();
    await expect(accept(invitationLink, person)).resolves.toMatchObject({ email, name: 'New' });
    expect(await codeOf(admin.api.users.resendInvitation.mutate({ id: user.id }))).toBe('state_conflict');
    expect(await statusAfter(true)).toBe('disabled');
    expect(await codeOf(server.stranger().signIn(email, 'a good password'))).toBe('sign_in_failed');
    expect(await codeOf(person.api.me.get.query())).toBe('session_ended');
    expect(await statusAfter(false)).toBe('active');
    await expect(server.stranger().signIn(email, 'a good password')).resolves.toMatchObject({ name: 'New' });
  });

  it('has each role once, and none that nothing stands behind', async () => {
    const { user } = await admin.api.users.create.mutate({ email: newEmail(), roles: ['member', 'auditor', 'member'] });
    expect(user.roles).toEqual(['auditor', 'member']);
    expect(await admin.api.users.get.query({ id: user.id })).toEqual(user);
    const roles = ['member', 'nothing'];
    const refused = { code: 'input_invalid', issues: [{ path: 'roles', message: 'There is no role nothing.' }] };
    const made = admin.api.users.create.mutate({ email: newEmail(), roles });
    expect(await problemOf(made)).toMatchObject(refused);
    expect(await problemOf(admin.api.users.update.mutate({ id: user.id, roles }))).toMatchObject(refused);
  });

  it('has an email address that nobody else has, however it is written', async () => {
    const email = newEmail();
    await admin.api.users.create.mutate({ email });
    for (const twin of [email, email.toUpperCase(), ` ${email} `]) {
      expect(await codeOf(admin.api.users.create.mutate({ email: twin }))).toBe('email_taken');
    }
    const racing = Array.from({ length: 10 }, () =>
      admin.api.users.create.mutate({ email: 'raced@example.com' }).then(
        () => 'made',
        (error: unknown) => codeOf(Promise.reject(error)),
      ),
    );
    expect((await Promise.all(racing)).toSorted()).toEqual([...Array.from({ length: 9 }, () => 'email_taken'), 'made']);
  });
});

describe('a service account', () => {
  it('is made, renamed, given roles, disabled and enabled by those who may', async () => {
    const auditor = await server.person(newEmail(), ['auditor']);
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['auditor', 'auditor'] });
    expect(worker).toMatchObject({ name: 'worker', roles: ['auditor'], status: 'active' });
    expect(await auditor.api.serviceAccounts.get.query({ id: worker.id })).toEqual(worker);
    expect((await auditor.api.serviceAccounts.list.query({ q: 'WORK' })).items).toEqual([worker]);
    const change = { id: worker.id, name: 'night worker', roles: ['member'], disabled: true };
    expect(await codeOf(auditor.api.serviceAccounts.update.mutate(change))).toBe('permission_missing');
    const changed = await admin.api.serviceAccounts.update.mutate(change);
    expect(changed).toEqual({ ...worker, name: 'night worker', roles: ['member'], status: 'disabled' });
    const enabled = await admin.api.serviceAccounts.update.mutate({ id: worker.id, disabled: false });
    expect(enabled.status).toBe('active');
  });

  it('lends its keys its state: they stop and go on with it [P09]', async () => {
    const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'switched' });
    const { secret } = await admin.api.apiKeys.create.mutate({
      name: 'key',
      permissions: ['api_keys:read'],
      accountId,
    });
    const key = server.stranger().with({ 'x-api-key': secret });
    const status = async () => (await key.rest('GET', '/me')).status;
    expect(await status()).toBe(200);
    await admin.api.serviceAccounts.update.mutate({ id: accountId, disabled: true });
    expect(await status()).toBe(401);
    const another = admin.api.apiKeys.create.mutate({ name: 'key', permissions: [], accountId });
    expect(await codeOf(another)).toBe('not_found');
    await admin.api.serviceAccounts.update.mutate({ id: accountId, disabled: false });
    expect(await status()).toBe(200);
  });
});

describe('the list of people', () => {
  const list = async (query: Parameters<Caller['api']['users']['list']['query']>[0] = {}) =>
    admin.api.users.list.query(query);

  it('pages through everybody once, newest first, also while people are added', async () => {
    for (let index = 0; index < 7; index += 1) {
      await admin.api.users.create.mutate({ email: `paged-${index}@example.com` });
      server.clock.advance(index % 2);
    }
    const seen: User[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: { items: User[]; nextCursor: string | null } = await list({
        limit: 3,
        q: 'paged-',
        ...(cursor && { cursor }),
      });
      seen.push(...page.items);
      cursor = page.nextCursor;
      await admin.api.users.create.mutate({ email: `paged-late-${seen.length}@example.com` });
    }
    expect(seen.map(({ email }) => email).toSorted()).toEqual(
      Array.from({ length: 7 }, (_, index) => `paged-${index}@example.com`),
    );
    const times = seen.map(({ createdAtMs }) => createdAtMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('finds people by name, email and id, and by state', async () => {
    const { user } = await admin.api.users.create.mutate({ email: 'zola@example.org', name: 'Émile 100% Zola' });
    const found = async (q: string) => (await list({ q })).items.map(({ id }) => id);
    for (const q of ['Émile', 'zola@EXAMPLE', '100%', user.id, user.id.slice(0, 10)]) {
      expect([q, await found(q)]).toEqual([q, [user.id]]);
    }
    expect(await found('_ola')).toEqual([]);
    const invited = (await list({ status: 'invited', q: 'zola' })).items.map(({ id }) => id);
    expect([invited, (await list({ status: 'active', q: 'zola' })).items]).toEqual([[user.id], []]);
  });

  it('holds no service account and no secret', async () => {
    await admin.api.serviceAccounts.create.mutate({ name: 'a robot' });
    const { items } = await list({ limit: 100 });
    expect(items.filter(({ name }) => name === 'a robot')).toEqual([]);
    expect(Object.keys(items[0]!).toSorted()).toEqual(
      ['createdAtMs', 'email', 'id', 'lastSignInAtMs', 'name', 'roles', 'secondFactors', 'status'].toSorted(),
    );
  });

  it('refuses what is no page', async () => {
    const queries = ['limit=0', 'limit=101', 'limit=-1', 'limit=ten', 'cursor=AAAA', 'cursor=%00', 'status=gone', 'q='];
    for (const query of [
      ...queries,
      'secondFactor=any',
      'role=%00',
      'sort=password_hash',
      'fields=passwordHash',
      'limit=1&limit=2',
    ]) {
      const { status, body } = await admin.rest<ProblemBody>('GET', `/users?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'input_invalid']);
    }
  });
});

describe('an account that isn’t there', () => {
  it('is not found, whatever is asked of it', async () => {
    const id = `acc_${'0'.repeat(22)}` as AccountId;
    const tries = [
      admin.api.users.get.query({ id }),
      admin.api.users.update.mutate({ id, name: 'x' }),
      admin.api.users.resendInvitation.mutate({ id }),
      admin.api.serviceAccounts.get.query({ id }),
      admin.api.serviceAccounts.update.mutate({ id, disabled: true }),
      admin.api.apiKeys.create.mutate({ name: 'x', permissions: [], accountId: id }),
    ];
    expect(new Set(await Promise.all(tries.map(codeOf)))).toEqual(new Set(['not_found']));
  });
});
