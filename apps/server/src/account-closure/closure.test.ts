import { CLOSED_ACCOUNT } from '@latchkey/schemas';
import {
  ADMIN,
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterEach, describe, expect, it } from 'vitest';

import { verifyChain } from '../audit/index.ts';
import { HOUR_MS } from '../time/index.ts';

const ADA = 'ada@example.com';
const NAME = 'Ada Lovelace';

let server: TestServer;
afterEach(() => server.close());

const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;
const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;
const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;

/** Every row of every table, as text. Counters are left out: they are about networks, and go by themselves. */
async function everythingKept(): Promise<string> {
  await server.services.denials.flush();
  const { db, tables } = server.storage.read;
  const { rateLimits: _counters, ...others } = tables;
  const rows = await Promise.all(
    Object.values(others).map(async (table): Promise<object[]> => db.select().from(table)),
  );
  return JSON.stringify(rows);
}

/** Ada with one of everything that an account can have, from an address that is hers alone. */
async function ada() {
  await server.person(ADA);
  const here = server.stranger();
  here.remoteAddress = '203.0.113.77';
  here.headers['user-agent'] = 'Analytical/1.0';
  await here.signIn(ADA, ADMIN.password);
  await here.api.me.update.mutate({ name: NAME });
  const { secret, apiKey } = await here.api.apiKeys.create.mutate({ name: 'difference engine', permissions: [] });
  const byKey = server.stranger().with({ 'x-api-key': secret });
  const { accessToken } = await byKey.api.tokens.create.mutate({});
  const byToken = server.stranger().with({ authorization: `Bearer ${accessToken}` });
  const authenticator = new VirtualAuthenticator(server.publicUrl);
  const passkey = authenticator.create(await here.api.passkeys.start.mutate({}));
  await here.api.passkeys.add.mutate({ name: 'Work laptop of Ada', passkey });
  const enrolled = await here.api.factors.startTotp.mutate({});
  const code = codeOfApp(enrolled.secret, server.clock.now());
  await here.api.factors.confirmTotp.mutate({ enrolment: enrolled.enrolment, code });
  await here.api.email.askToChange.mutate({ email: 'countess@example.com' });
  const change = await server.tokenMailedTo('countess@example.com');
  await server.stranger().api.passwordReset.request.mutate({ email: ADA });
  const reset = await server.tokenMailedTo(ADA);
  await here.rest('GET', '/users'); // refused, and kept as a denial
  await codeOf(server.stranger().signIn(ADA, 'a wrong password'));
  return { id: await idOf(here), here, apiKey, secret, authenticator, change, reset, ways: [here, byKey, byToken] };
}

describe.each(['SQLite', 'PostgreSQL'])('a closed account on %s', (database) => {
  const open = async () => {
    server = await openTestServer({
      environment: database === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() },
    });
  };

  it('opens by nothing that it had, and nothing of the person is left, while the audit’s chain holds', async () => {
    await open();
    const { id, here, authenticator, change, reset, ways } = await ada();
    const before = await everythingKept();
    const words = [ADA, 'Lovelace', '203.0.113.77', 'Analytical', 'difference engine', 'laptop of Ada', 'countess@'];
    expect(words.filter((word) => !before.includes(word))).toEqual([]);
    await here.api.me.close.mutate({ email: ADA });

    expect(await Promise.all(ways.map(isIn))).toEqual([false, false, false]);
    const stranger = server.stranger();
    expect(await codeOf(stranger.signIn(ADA, ADMIN.password))).toBe('sign_in_failed');
    const signed = authenticator.get(await stranger.api.signIn.askPasskey.mutate({}));
    expect(await codeOf(stranger.api.signIn.passkey.mutate({ passkey: signed }))).toBe('passkey_failed');
    const complete = stranger.api.passwordReset.complete.mutate({ token: reset, password: 'another good password' });
    expect(await codeOf(complete)).toBe('link_used');
    expect(await codeOf(stranger.api.email.change.mutate({ token: change }))).toBe('link_used');

    const kept = await everythingKept();
    expect(kept).toContain(id);
    // The wrong password that a stranger tried later is a stranger's entry: it holds what they typed.
    const others = await typedByStrangers(ADA);
    expect(words.filter((word) => kept.replaceAll(others, '').includes(word))).toEqual([]);
    expect(await verifyChain(server.storage.read)).toBeNull();
  });

  it.each(['after', 'during'])('has nothing told of it by what is written %s the closing', async (when) => {
    await open();
    const here = await server.person(ADA);
    const { secret } = await here.api.apiKeys.create.mutate({ name: 'engine', permissions: [] });
    const program = server.stranger().with({ 'x-api-key': secret });
    for (let times = 0; times < 60; times += 1) expect((await program.rest('GET', '/users')).status).toBe(403);
    const flush = () => Promise.all([server.services.denials.flush(), server.recorder.flush()]);
    await Promise.all([here.api.me.close.mutate({ email: ADA }), when === 'during' && flush()]);
    expect((await program.rest('GET', '/me')).status).toBe(401);
    await flush();

    const { db, tables } = server.storage.read;
    const kept = [await db.select().from(tables.apiKeySources), await db.select().from(tables.denials)];
    expect(kept).toEqual([[], []]);
    expect(await db.select().from(tables.apiKeyUsageDays)).toMatchObject([{ denied: 61 }]);
    expect(await everythingKept()).not.toContain(ADA);
  });

  it('closes once, and a sign-in at the same time comes before it or not at all', async () => {
    await open();
    const here = await server.person(ADA);
    const there = server.stranger();
    there.remoteAddress = '203.0.113.9';
    const [first, second, signIn] = await Promise.allSettled([
      here.api.me.close.mutate({ email: ADA }),
      here.api.me.close.mutate({ email: ADA }),
      there.signIn(ADA, ADMIN.password),
    ]);
    expect([first, second].filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    expect(['fulfilled', 'rejected']).toContain(signIn.status);
    expect(await Promise.all([here, there].map(isIn))).toEqual([false, false]);
    const { items } = await (await server.admin()).api.audit.list.query({ act: 'account.closed' });
    expect(items).toHaveLength(1);
    const { db, tables } = server.storage.read;
    const { accounts, sessions, knownDevices } = tables;
    const [people, signedIn, browsers] = [
      await db.select().from(accounts),
      await db.select().from(sessions),
      await db.select().from(knownDevices),
    ];
    expect(JSON.stringify([people, signedIn, browsers])).not.toMatch(/ada@|203\.0\.113\.9/);
    expect(await verifyChain(server.storage.read)).toBeNull();
  });

  it('is never the last admin’s, also when two close theirs at once', async () => {
    await open();
    const admin = await server.admin();
    expect(await codeOf(admin.api.me.close.mutate({ email: ADMIN.email }))).toBe('last_admin');
    const other = await server.person('boss@example.com', ['admin']);
    const both = await Promise.allSettled([
      admin.api.me.close.mutate({ email: ADMIN.email }),
      other.api.me.close.mutate({ email: 'boss@example.com' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await Promise.all([admin, other].map(isIn))).filter(Boolean)).toHaveLength(1);
  });
});

/** What strangers' failures at the address still hold, once the account is closed. */
async function typedByStrangers(email: string): Promise<string> {
  const { items } = await (await server.admin()).api.audit.list.query({ act: 'sign_in.failed' });
  expect(items.map(({ details }) => details)).toContainEqual({ email });
  return JSON.stringify({ email });
}

describe('closing an account', () => {
  it('mails the old address, frees it, and nobody finds the account any more', async () => {
    server = await openTestServer();
    const id = await idOf(await server.person(ADA));
    const admin = await server.admin();
    await admin.api.users.close.mutate({ id, email: ADA });
    expect((await server.mailTo(ADA)).at(-1)).toContain('is closed');
    expect((await admin.api.users.list.query({})).items.map(({ email }) => email)).toEqual([ADMIN.email]);
    for (const call of [
      admin.api.users.get.query({ id }),
      admin.api.users.update.mutate({ id, disabled: false }),
      admin.api.users.lockDown.mutate({ id }),
      admin.api.users.export.mutate({ id }),
      admin.api.users.close.mutate({ id, email: ADA }),
    ])
      expect(await codeOf(call)).toBe('not_found');
    const again = await server.person(ADA);
    expect(await idOf(again)).not.toBe(id);
  });

  it('needs the address typed, a fresh sign-in, and of others everything that they hold', async () => {
    server = await openTestServer();
    const here = await server.person(ADA);
    const id = await idOf(here);
    expect(await codeOf(here.api.me.close.mutate({ email: 'bob@example.com' }))).toBe('input_invalid');
    const admin = await server.admin();
    const auditor = await server.person('auditor@example.com', ['auditor']);
    expect(await codeOf(auditor.api.users.close.mutate({ id, email: ADA }))).toBe('permission_missing');
    const permissions = ['users:read', 'users:write', 'api_keys:read', 'api_keys:write'] as const;
    await admin.api.roles.create.mutate({ name: 'helper', description: 'x', permissions: [...permissions] });
    const helper = await server.person('helper@example.com', ['helper']);
    const ofAdmin = { id: await idOf(admin), email: ADMIN.email };
    expect(await codeOf(helper.api.users.close.mutate(ofAdmin))).toBe('grant_exceeds_own');
    server.clock.advance(HOUR_MS);
    expect(await codeOf(here.api.me.close.mutate({ email: ADA }))).toBe('fresh_sign_in_needed');
    expect(await isIn(here)).toBe(true);
  });

  it('is in the audit by the account’s id alone, as are all entries before it', async () => {
    server = await openTestServer();
    const { id, here, apiKey } = await ada();
    await here.api.me.close.mutate({ email: ADA });
    const admin = await server.admin();
    const { items } = await admin.api.audit.list.query({ actorId: id, limit: 100 });
    expect(items[0]).toMatchObject({
      act: 'account.closed',
      actor: { id, name: CLOSED_ACCOUNT },
      target: { id, name: CLOSED_ACCOUNT },
      address: null,
      details: { apiKeyIds: [apiKey.id], passkeys: 1 },
    });
    expect(new Set(items.map(({ actor }) => actor.name))).toEqual(new Set([CLOSED_ACCOUNT]));
    expect(items.map(({ act }) => act)).toContain('account.renamed');
  });

  it('withdraws an invitation', async () => {
    server = await openTestServer();
    const admin = await server.admin();
    const { user, invitationLink } = await admin.api.users.create.mutate({ email: ADA });
    await admin.api.users.close.mutate({ id: user.id, email: ADA });
    const token = invitationLink?.split('#')[1] ?? '';
    expect((await server.stranger().api.invitations.check.mutate({ token })).valid).toBe(false);
    const accept = { token, name: 'Ada', password: ADMIN.password };
    expect(await codeOf(server.stranger().api.invitations.accept.mutate(accept))).toBe('link_used');
  });

  it('leaves service accounts and their keys to the others', async () => {
    server = await openTestServer();
    const boss = await server.person('boss@example.com', ['admin']);
    const worker = await boss.api.serviceAccounts.create.mutate({ name: 'worker' });
    const { secret } = await boss.api.apiKeys.create.mutate({ name: 'w', permissions: [], accountId: worker.id });
    await boss.api.me.close.mutate({ email: 'boss@example.com' });
    expect(await isIn(server.stranger().with({ 'x-api-key': secret }))).toBe(true);
  });

  it('ends what apps were allowed', async () => {
    server = await openTestServer();
    const app = await RelyingParty.register(server, {
      scopes: ['openid', 'offline_access'],
      grants: ['authorization_code', 'refresh_token'],
    });
    await server.person(ADA);
    const browser = new Browser(server);
    await browser.signIn(ADA, ADMIN.password);
    const tokens = await app.connect(browser, { scope: 'openid offline_access' });
    await browser.call('mutation', 'me.close', { email: ADA });
    const renewed = await app.post('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    expect(renewed.status).toBe(400);
    const introspected = await app.post('/oauth/introspect', { token: tokens.access_token });
    expect(introspected.body).toEqual({ active: false });
  });

  it('tells a stranger nothing: the address answers as one that never had an account', async () => {
    server = await openTestServer();
    const here = await server.person(ADA);
    await here.api.me.close.mutate({ email: ADA });
    const answers = async (email: string) => {
      const stranger = server.stranger();
      const signIn = await stranger.rest('POST', '/session', { email, password: ADMIN.password });
      const reset = await stranger.request('POST', '/trpc/passwordReset.request', { email });
      const body = JSON.stringify({ ...signIn.body, requestId: '' });
      return [signIn.status, body, reset.status, JSON.stringify(reset.body)];
    };
    expect(await answers(ADA)).toEqual(await answers('nobody@example.com'));
    expect((await server.mailTo(ADA)).filter((mail) => mail.includes('/reset#'))).toEqual([]);
  });
});
