import type { AuditEntry, Me, NextStep } from '@latchkey/schemas';
import {
  ADMIN,
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  proceduresOf,
  VirtualAuthenticator,
  callWithText,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

import { describeGuards } from '../rpc/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

const EMAIL = 'ada@example.com';

let server: TestServer;
let admin: Caller;

async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  admin = await server.admin();
}

const requireFactor = (inMs = 0, name = 'member') =>
  admin.api.roles.update.mutate({ name, secondFactorFromMs: server.clock.now() + inMs });
const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;
const dueOf = async (caller: Caller) => (await caller.api.me.get.query()).secondFactorDueAtMs;
const acts = async (act: AuditEntry['act']) => (await admin.api.audit.list.query({ act, limit: 100 })).items;

/** As far as the password leads somebody who is to set a factor up. */
async function held(): Promise<Caller> {
  const caller = server.stranger();
  const { body } = await caller.rest<NextStep>('POST', '/session', { email: EMAIL, password: ADMIN.password });
  expect(body).toEqual({ next: 'factor_enrolment', expiresAtMs: server.clock.now() + 10 * MINUTE_MS });
  return caller;
}

/** An authenticator app, set up in the middle of a sign-in. */
async function enrol(caller: Caller) {
  const { secret, enrolment } = await caller.api.signIn.startTotp.mutate({});
  const code = codeOfApp(secret, server.clock.now());
  return { secret, ...(await caller.api.signIn.confirmTotp.mutate({ enrolment, code })) };
}

async function addApp(caller: Caller): Promise<void> {
  const { secret, enrolment } = await caller.api.factors.startTotp.mutate({});
  const code = codeOfApp(secret, server.clock.now());
  await caller.api.factors.confirmTotp.mutate({ enrolment, code });
}

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`a second factor that a role requires, on ${database}`, () => {
    it('is announced until its date to whoever has none, and holds from then on until there is one', async () => {
      await open(await environment());
      const person = await server.person(EMAIL);
      expect(await dueOf(person)).toBeUndefined();
      await requireFactor(DAY_MS);
      const dueAtMs = server.clock.now() + DAY_MS;
      expect(await dueOf(person)).toBe(dueAtMs);
      const { body } = await server.stranger().rest<Me>('POST', '/session', { email: EMAIL, password: ADMIN.password });
      expect(body.secondFactorDueAtMs).toBe(dueAtMs);
      server.clock.advance(DAY_MS - 1);
      await person.signIn(EMAIL, ADMIN.password);
      expect((await person.rest('GET', '/api-keys')).status).toBe(200);
      server.clock.advance(1);
      expect(await codeOf(person.api.apiKeys.list.query({}))).toBe('factor_required');
      await addApp(person);
      expect(await dueOf(person)).toBeUndefined();
      expect((await person.rest('GET', '/api-keys')).status).toBe(200);
    });

    it('is counted per role, and lifted by taking the date away', async () => {
      await open(await environment());
      const [ada, bob, off] = await Promise.all(
        [EMAIL, 'bob@example.com', 'off@example.com'].map((each) => server.person(each)),
      );
      await addApp(bob!);
      const { id } = await off!.api.me.get.query();
      await admin.api.users.update.mutate({ id, disabled: true });
      await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['member'] });
      expect(await admin.api.roles.withoutFactor.query({ name: 'member' })).toEqual({ people: 1, atLeast: false });
      await requireFactor();
      expect(await admin.api.roles.get.query({ name: 'member' })).toMatchObject({
        builtIn: true,
        permissions: ['api_keys:read', 'api_keys:write'],
        secondFactorFromMs: server.clock.now(),
      });
      expect(await codeOf(ada!.api.apiKeys.list.query({}))).toBe('factor_required');
      await admin.api.roles.update.mutate({ name: 'member', secondFactorFromMs: null });
      expect((await ada!.rest('GET', '/api-keys')).status).toBe(200);
      const [lifted, required] = await acts('role.changed');
      const at = required?.details['secondFactorFromMs'] as { to: number };
      expect(at).toEqual({ from: null, to: expect.any(Number) });
      expect(lifted?.details).toEqual({ secondFactorFromMs: { from: at.to, to: null } });
    });
  });
}

describe('a sign-in after the date', () => {
  it('gets nothing but the way to set a factor up: every guarded procedure says 401 to its cookie [B02]', async () => {
    await open();
    await server.person(EMAIL);
    await requireFactor();
    const caller = await held();
    expect([...caller.cookies.keys()]).toEqual(['__Host-latchkey-sign-in']);
    const isOpen = new Set(
      describeGuards(server.router).flatMap(({ rung, procedure }) => (rung === 'open' ? [procedure] : [])),
    );
    for (const procedure of proceduresOf(server.router).filter(({ path }) => !isOpen.has(path))) {
      expect([procedure.path, (await callWithText(caller, procedure, '{}')).status]).toEqual([procedure.path, 401]);
    }
  });

  it('is finished by an authenticator app, which the next one asks for', async () => {
    await open();
    await server.person(EMAIL);
    await requireFactor();
    const caller = await held();
    const { secret, codes } = await enrol(caller);
    expect(codes).toHaveLength(10);
    expect(await caller.api.me.get.query()).toMatchObject({ email: EMAIL, credential: { kind: 'session' } });
    expect(await dueOf(caller)).toBeUndefined();
    const [added] = await acts('factor.totp_added');
    const [entered] = await acts('session.created');
    expect(added).toMatchObject({ actor: { kind: 'anonymous' }, target: { name: EMAIL } });
    expect(entered).toMatchObject({ details: { method: 'password', factor: 'totp' } });
    const again = server.stranger();
    const { body } = await again.rest<NextStep>('POST', '/session', { email: EMAIL, password: ADMIN.password });
    expect(body.next).toBe('second_factor');
    server.clock.advance(30 * SECOND_MS);
    await again.api.signIn.secondFactor.mutate({ code: codeOfApp(secret, server.clock.now()) });
    expect((await again.rest('GET', '/api-keys')).status).toBe(200);
  });

  it('is finished by a passkey, which is then enough by itself', async () => {
    await open();
    await server.person(EMAIL);
    await requireFactor();
    const caller = await held();
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await caller.api.signIn.startPasskey.mutate({}));
    expect((await caller.api.signIn.addPasskey.mutate({ name: 'Laptop', passkey })).codes).toHaveLength(10);
    expect((await caller.rest('GET', '/api-keys')).status).toBe(200);
    const again = server.stranger();
    await again.api.signIn.passkey.mutate({ passkey: device.get(await again.api.signIn.askPasskey.mutate({})) });
    expect((await again.rest('GET', '/api-keys')).status).toBe(200);
  });

  it('adds nothing by a wrong code, by one of somebody else’s secret, or twice [B15]', async () => {
    await open();
    await server.person(EMAIL);
    const other = await server.person('bob@example.com', ['auditor']);
    const foreign = await other.api.factors.startTotp.mutate({});
    await requireFactor();
    const caller = await held();
    const { secret, enrolment } = await caller.api.signIn.startTotp.mutate({});
    const confirm = (by: Caller, given: { enrolment: string; code: string }) => by.api.signIn.confirmTotp.mutate(given);
    const code = codeOfApp(secret, server.clock.now());
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    expect(await codeOf(confirm(caller, { enrolment, code: wrong }))).toBe('second_factor_failed');
    const theirs = { enrolment: foreign.enrolment, code: codeOfApp(foreign.secret, server.clock.now()) };
    expect(await codeOf(confirm(caller, theirs))).toBe('state_conflict');
    expect(await codeOf(confirm(server.stranger(), { enrolment, code }))).toBe('sign_in_over');
    const cookies = new Map(caller.cookies);
    const twins = Array.from({ length: 5 }, () => Object.assign(server.stranger(), { cookies: new Map(cookies) }));
    const answers = await Promise.all(
      twins.map((by) => by.request<{ result?: unknown }>('POST', '/trpc/signIn.confirmTotp', { enrolment, code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });

  it('lets nobody add a factor beside one that is there: a password alone proves too little', async () => {
    await open();
    const person = await server.person(EMAIL);
    await requireFactor();
    const caller = await held();
    await addApp(person);
    expect(await codeOf(enrol(caller))).toBe('sign_in_over');
    const second = server.stranger();
    const { body } = await second.rest<NextStep>('POST', '/session', { email: EMAIL, password: ADMIN.password });
    expect(body.next).toBe('second_factor');
    expect(await codeOf(enrol(second))).toBe('sign_in_over');
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await second.api.signIn.startPasskey.mutate({}));
    expect(await codeOf(second.api.signIn.addPasskey.mutate({ name: 'x', passkey }))).toBe('sign_in_over');
    expect((await person.api.factors.security.query()).passkeys).toEqual([]);
  });

  it('ends with a password that is changed in between', async () => {
    await open();
    await server.person(EMAIL);
    await requireFactor();
    const caller = await held();
    await server.stranger().request('POST', '/trpc/passwordReset.request', { email: EMAIL });
    const token = await server.tokenMailedTo(EMAIL);
    const reset = server.stranger();
    const password = 'another good password';
    await reset.request('POST', '/trpc/passwordReset.complete', { token, password });
    expect(await codeOf(enrol(caller))).toBe('sign_in_over');
    await enrol(reset);
    expect((await reset.rest('GET', '/api-keys')).status).toBe(200);
  });
});

describe('a session from before the date', () => {
  it('reaches what setting a factor up takes, and its own end', async () => {
    await open();
    const person = await server.person(EMAIL);
    const other = await server.person('bob@example.com');
    await requireFactor();
    server.clock.advance(20 * MINUTE_MS);
    const open_ = await person.rest<Me>('GET', '/me');
    expect([open_.status, open_.body.secondFactorDueAtMs]).toEqual([200, server.clock.now() - 20 * MINUTE_MS]);
    expect(await codeOf(addApp(person))).toBe('fresh_sign_in_needed');
    await person.api.session.confirm.mutate({ password: ADMIN.password });
    await addApp(person);
    expect((await person.rest('GET', '/api-keys')).status).toBe(200);
    expect((await other.rest('DELETE', '/session')).status).toBe(204);
  });

  it('of the last admin gets back in by setting one up: nobody is locked out', async () => {
    await open();
    await requireFactor(0, 'admin');
    expect(await codeOf(admin.api.roles.update.mutate({ name: 'admin', secondFactorFromMs: null }))).toBe(
      'factor_required',
    );
    await addApp(admin);
    await admin.api.roles.update.mutate({ name: 'admin', secondFactorFromMs: null });
    await admin.api.factors.removeTotp.mutate({});
  });
});

describe('the last second factor', () => {
  it('stays while a role requires one, be it later', async () => {
    await open();
    const person = await server.person(EMAIL);
    await addApp(person);
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await person.api.passkeys.start.mutate({}));
    await person.api.passkeys.add.mutate({ name: 'Laptop', passkey });
    await requireFactor(DAY_MS);
    await person.api.factors.removeTotp.mutate({});
    const { passkeys } = await person.api.factors.security.query();
    const id = passkeys[0]!.id;
    expect(await codeOf(person.api.passkeys.remove.mutate({ id }))).toBe('last_factor');
    expect((await person.api.factors.security.query()).recoveryCodes.left).toBe(10);
    await addApp(person);
    await person.api.passkeys.remove.mutate({ id });
    expect(await codeOf(person.api.factors.removeTotp.mutate({}))).toBe('last_factor');
    await admin.api.roles.update.mutate({ name: 'member', secondFactorFromMs: null });
    await person.api.factors.removeTotp.mutate({});
  });

  it('of two that are removed at once, one stays', async () => {
    await open({ DATABASE_URL: await freshPostgresUrl() });
    const person = await server.person(EMAIL);
    await addApp(person);
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await person.api.passkeys.start.mutate({}));
    await person.api.passkeys.add.mutate({ name: 'Laptop', passkey });
    await requireFactor();
    const { passkeys } = await person.api.factors.security.query();
    const removals = await Promise.allSettled([
      person.api.factors.removeTotp.mutate({}),
      person.api.passkeys.remove.mutate({ id: passkeys[0]!.id }),
    ]);
    expect(removals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await dueOf(person)).toBeUndefined();
  });
});
