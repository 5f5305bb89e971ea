import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import {
  ACTS,
  CLOSED_ACCOUNT,
  type Act,
  type ApiKey,
  type App,
  type AuditEntry,
  type Me,
  type Resource,
  type ServiceAccount,
  type User,
} from '@latchkey/schemas';
import {
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import Database from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';

import { COMMAND_LINE } from './actors/index.ts';
import { verifyChain } from './audit/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from './time/index.ts';

const ADDRESS = '203.0.113.5';
const BOSS = { email: 'boss@example.com', name: 'Boss', password: 'a kettle sings at four' };
/** What somebody who wants to look like another writes into a request. */
const DISGUISE = { 'x-forwarded-for': '198.51.100.1', 'x-request-id': 'chosen', 'user-agent': 'a\tb' };

type Body = Record<string, unknown>;
type Done<Data> = { status: number; data: Data; requestId: string };
type Expected = Partial<Pick<AuditEntry, 'act' | 'actor' | 'credential' | 'target' | 'details'>>;

let server: TestServer;

async function open(environment: Record<string, string> = {}): Promise<void> {
  const nobodyYet = { LATCHKEY_ADMIN_EMAIL: '', LATCHKEY_ADMIN_PASSWORD: '' };
  server = await openTestServer({ environment: { ...nobodyYet, ...environment } });
  onTestFinished(() => server.close());
}

function somebody(headers: Record<string, string> = {}): Caller {
  const caller = server.stranger().with({ ...DISGUISE, ...headers });
  caller.remoteAddress = ADDRESS;
  return caller;
}

async function call<Data = Body>(caller: Caller, procedure: string, input: Body = {}): Promise<Done<Data>> {
  const answer = await caller.request<{ result?: { data?: Data } }>('POST', `/trpc/${procedure}`, input);
  const data = answer.body.result?.data as Data;
  return { status: answer.status, data, requestId: String(answer.headers['x-request-id']) };
}

const linkToken = (link: string | null | undefined) => link?.split('#')[1] ?? '';

async function addAndRemoveApp(person: Caller, expectActs: (done: Done<unknown>, ...acts: Act[]) => void) {
  const { secret, enrolment } = await person.api.factors.startTotp.mutate({});
  const code = codeOfApp(secret, server.clock.now());
  const added = await call(person, 'factors.confirmTotp', { enrolment, code });
  expectActs(added, 'factor.totp_added', 'factor.recovery_codes_made');
  server.clock.advance(30 * SECOND_MS);
  const elsewhere = somebody();
  await call(elsewhere, 'signIn.password', { email: 'new@example.com', password: BOSS.password });
  const second = { code: codeOfApp(secret, server.clock.now()), trustDevice: true };
  expect((await call(elsewhere, 'signIn.secondFactor', second)).status).toBe(200);
  await call(elsewhere, 'session.end');
  expectActs(await call(person, 'factors.distrustDevices'), 'device.distrusted');
  expectActs(await call(person, 'factors.removeTotp'), 'factor.totp_removed');
}

async function addAndRemovePasskeys(person: Caller, expectActs: (done: Done<unknown>, ...acts: Act[]) => void) {
  const device = new VirtualAuthenticator(server.publicUrl);
  const add = async () => {
    const passkey = device.create(await person.api.passkeys.start.mutate({}));
    return call(person, 'passkeys.add', { name: 'Laptop', passkey });
  };
  expectActs(await add(), 'passkey.added', 'factor.recovery_codes_made');
  const [made] = (await person.api.factors.security.query()).passkeys;
  expectActs(await call(person, 'passkeys.rename', { id: made?.id, name: 'Old laptop' }), 'passkey.renamed');
  expectActs(await call(person, 'passkeys.remove', { id: made?.id }), 'passkey.removed');
  await add();
}

/** A key that comes from another network after a day, and is refused again and again there. */
async function stealKey(boss: Caller, expectActs: (done: Done<unknown>, entry: Expected) => void) {
  const input = { name: 'stolen', permissions: [] };
  const { data } = await call<{ apiKey: ApiKey; secret: string }>(boss, 'apiKeys.create', input);
  const nobody = { actor: { kind: 'anonymous', id: null, name: null }, credential: null } as const;
  const target = { kind: 'api_key', id: data.apiKey.id, name: null };
  const thief = somebody({ 'x-api-key': data.secret });
  const owner = somebody({ 'x-api-key': data.secret });
  owner.remoteAddress = '192.0.2.1';
  await call(owner, 'roles.create');
  await server.recorder.flush();
  server.clock.advance(DAY_MS);
  const elsewhere = await call(thief, 'roles.create');
  await server.recorder.flush();
  expectActs(elsewhere, { act: 'api_key.new_network', ...nobody, target });
  await server.services.denials.flush();
  let denied = elsewhere;
  for (let calls = 0; calls < 50; calls += 1) denied = await call(thief, 'roles.create');
  await server.services.denials.flush();
  const credential = { kind: 'api_key', id: target.id };
  expectActs(denied, { act: 'denial.repeated', credential, target, details: { code: 'credential_not_accepted' } });
}

/** Does everything that the product can do, as it would be done, and tells of each call what is to be recorded of it. */
async function journey(expectActs: (done: Done<unknown>, ...entries: Expected[]) => void): Promise<void> {
  const boss = somebody();
  const setupToken = linkToken(await server.services.signIn.issueSetupLink());
  const setUp = await call<Me>(boss, 'setup.complete', { token: setupToken, ...BOSS });
  const { id: bossId } = setUp.data;
  const asBoss = {
    actor: { kind: 'person', id: bossId, name: BOSS.email },
    credential: { kind: 'session', id: setUp.data.credential.id },
  } as const;
  const nobody = { actor: { kind: 'anonymous', id: null, name: null }, credential: null } as const;
  const bossItself = { kind: 'account', id: bossId, name: BOSS.email };
  const setUpDetails = { ...nobody, target: bossItself, details: { roles: ['admin'] } };
  const viaSetup = { act: 'session.created', ...asBoss, target: bossItself, details: { method: 'setup' } } as const;
  expectActs(setUp, { act: 'setup.completed', ...setUpDetails }, viaSetup);

  // People: invited, invited again, accepted; made at once; signed up; renamed, disabled, enabled, given roles.
  type Made = { user: User; invitationLink: string | null };
  const invited = await call<Made>(boss, 'users.create', { email: 'new@example.com' });
  const newcomer = { kind: 'account', id: invited.data.user.id, name: 'new@example.com' };
  expectActs(invited, { act: 'account.invited', ...asBoss, target: newcomer, details: { roles: ['member'] } });
  const again = await call<Made>(boss, 'users.resendInvitation', { id: newcomer.id });
  expectActs(again, { act: 'account.invited', ...asBoss, target: newcomer });
  const person = somebody();
  const token = linkToken(again.data.invitationLink);
  const accepted = await call<Me>(person, 'invitations.accept', { token, name: 'New', password: BOSS.password });
  const asPerson = {
    actor: { kind: 'person', id: newcomer.id, name: newcomer.name },
    credential: { kind: 'session', id: accepted.data.credential.id },
  } as const;
  expectActs(
    accepted,
    { act: 'account.invitation_accepted', ...nobody, target: newcomer },
    { act: 'session.created', ...asPerson, target: newcomer, details: { method: 'invitation' } },
  );
  const made = await call<Made>(boss, 'users.create', { email: 'made@example.com', password: BOSS.password });
  const madeTarget = { kind: 'account', id: made.data.user.id, name: 'made@example.com' };
  expectActs(made, { act: 'account.created', ...asBoss, target: madeTarget });
  const settings = await call(boss, 'settings.update', { signUpOpen: true });
  const opened = { signUpOpen: { from: false, to: true } };
  expectActs(settings, { act: 'settings.changed', ...asBoss, target: null, details: opened });
  const walkIn = { email: 'walk-in@example.com', name: 'Walk-in', password: BOSS.password };
  await call(somebody(), 'signUp.request', { email: walkIn.email });
  const signUp = { token: await server.tokenMailedTo(walkIn.email), name: walkIn.name, password: walkIn.password };
  const signedUp = await call<Me>(somebody(), 'signUp.complete', signUp);
  const walkInTarget = { kind: 'account', id: signedUp.data.id, name: walkIn.email };
  expectActs(
    signedUp,
    { act: 'account.signed_up', ...nobody, target: walkInTarget },
    { act: 'session.created', target: walkInTarget, details: { method: 'sign_up' } },
  );
  const renamed = await call(person, 'me.update', { name: 'Newer' });
  const names = { from: 'New', to: 'Newer' };
  expectActs(renamed, { act: 'account.renamed', ...asPerson, target: newcomer, details: names });
  const walkInId = { id: walkInTarget.id };
  const disabled = await call(boss, 'users.update', { ...walkInId, disabled: true });
  expectActs(
    disabled,
    { act: 'account.disabled', ...asBoss, target: walkInTarget },
    { act: 'session.ended', ...asBoss, details: { sessionIds: [signedUp.data.credential.id] } },
  );
  const enabled = await call(boss, 'users.update', { ...walkInId, disabled: false, roles: ['auditor'] });
  expectActs(
    enabled,
    { act: 'account.roles_changed', ...asBoss, target: walkInTarget, details: { from: ['member'], to: ['auditor'] } },
    { act: 'account.enabled', ...asBoss, target: walkInTarget },
  );

  // Sessions: confirmed, ended, a password changed, failures, and a refresh token that comes again.
  const confirmed = await call(person, 'session.confirm', { password: BOSS.password });
  expectActs(confirmed, { act: 'session.confirmed', ...asPerson });
  const { id: confirmedId } = (await person.api.me.get.query()).credential;
  const asConfirmed = { ...asPerson, credential: { kind: 'session', id: confirmedId } } as const;
  await addAndRemoveApp(person, (done, ...acts) =>
    expectActs(done, ...acts.map((act) => ({ act, ...asConfirmed, target: newcomer }))),
  );
  const withPasskey = somebody();
  await call(withPasskey, 'signIn.password', { email: madeTarget.name, password: BOSS.password });
  await addAndRemovePasskeys(withPasskey, (done, ...acts) => expectActs(done, ...acts.map((act) => ({ act }))));
  const reset = await call(boss, 'userFactors.reset', { id: madeTarget.id });
  expectActs(
    reset,
    { act: 'factor.reset', ...asBoss, target: madeTarget, details: { app: false, passkeys: 1 } },
    { act: 'session.ended', ...asBoss },
  );
  const change = { currentPassword: BOSS.password, newPassword: 'another good password' };
  expectActs(await call(person, 'me.changePassword', change), {
    act: 'account.password_changed',
    ...asConfirmed,
    target: newcomer,
  });
  const signIn = { email: newcomer.name, password: change.newPassword };
  const second = somebody();
  const signedIn = await call<Me>(second, 'signIn.password', signIn);
  expectActs(signedIn, { act: 'session.created', target: newcomer, details: { method: 'password' } });
  expectActs(await call(second, 'session.end'), {
    act: 'session.ended',
    target: { kind: 'account', id: newcomer.id, name: null },
    details: { sessionIds: [signedIn.data.credential.id] },
  });
  const guess = { email: newcomer.name, password: 'wrong' };
  for (let tries = 0; tries < 10; tries += 1) {
    const failed = await call(somebody(), 'signIn.password', guess);
    expectActs(failed, { act: 'sign_in.failed', ...nobody, target: newcomer, details: { email: newcomer.name } });
  }
  expectActs(await call(somebody(), 'signIn.password', guess), {
    act: 'sign_in.limited',
    ...nobody,
    details: { email: newcomer.name, limit: 'guess:pair' },
  });
  const old = person.cookie;
  server.clock.advance(6 * MINUTE_MS);
  await person.api.me.get.query();
  server.clock.advance(MINUTE_MS);
  const reused = await call(somebody({ cookie: `__Host-latchkey=${old}` }), 'me.update', { name: 'x' });
  const stolen = { sessionId: confirmedId };
  expectActs(reused, { act: 'session.refresh_reused', ...nobody, details: stolen });

  // Service accounts, keys, tokens and roles, with each kind of credential.
  const service = await call<ServiceAccount>(boss, 'serviceAccounts.create', { name: 'worker', roles: ['admin'] });
  const worker = { kind: 'account', id: service.data.id, name: 'worker' };
  expectActs(service, { act: 'account.created', ...asBoss, target: worker, details: { roles: ['admin'] } });
  const keyInput = { name: 'key', permissions: ['service_accounts:write', 'api_keys:write'], accountId: worker.id };
  const key = await call<{ apiKey: ApiKey; secret: string }>(boss, 'apiKeys.create', keyInput);
  const keyTarget = { kind: 'api_key', id: key.data.apiKey.id, name: 'key' };
  expectActs(key, { act: 'api_key.created', ...asBoss, target: keyTarget });
  const byKey = somebody({ 'x-api-key': key.data.secret });
  const asKey = {
    actor: { kind: 'service', id: worker.id, name: 'worker' },
    credential: { kind: 'api_key', id: keyTarget.id },
  } as const;
  const ofKey = await call<{ accessToken: string }>(byKey, 'tokens.create');
  expectActs(ofKey, { act: 'token.created', ...asKey, details: { ttlSeconds: 300 } });
  const robot = await call<ServiceAccount>(byKey, 'serviceAccounts.create', { name: 'robot', roles: [] });
  expectActs(robot, { act: 'account.created', ...asKey });
  const { data: created } = await call<{ accessToken: string }>(boss, 'tokens.create');
  const byToken = somebody({ authorization: `Bearer ${created.accessToken}` });
  const renamedKey = await call(byToken, 'apiKeys.update', { id: keyTarget.id, name: 'night key' });
  expectActs(renamedKey, {
    act: 'api_key.renamed',
    actor: asBoss.actor,
    credential: { kind: 'access_token', id: expect.stringMatching(/^\w{22}$/) as string },
    target: keyTarget,
    details: { from: 'key', to: 'night key' },
  });
  const nightKey = { ...keyTarget, name: 'night key' };
  const quota = { limit: 5, per: 'day' };
  const bound = await call(boss, 'apiKeys.update', { id: keyTarget.id, quota });
  const details = { from: { quota: null }, to: { quota } };
  expectActs(bound, { act: 'api_key.changed', ...asBoss, target: nightKey, details });
  const rotated = await call<{ secret: string }>(boss, 'apiKeys.rotate', { id: keyTarget.id, graceSeconds: 60 });
  expectActs(rotated, { act: 'api_key.rotated', ...asBoss, target: nightKey, details: { graceSeconds: 60 } });
  expectActs(await call(boss, 'apiKeys.revoke', { id: keyTarget.id }), {
    act: 'api_key.revoked',
    ...asBoss,
    target: nightKey,
  });
  const refused = await call(somebody({ 'x-api-key': rotated.data.secret }), 'apiKeys.verify');
  await server.refusals.settle();
  expectActs(refused, { act: 'api_key.refused', ...nobody, target: nightKey, details: { code: 'REVOKED' } });
  const role = { name: 'helper', description: 'Helps', permissions: ['users:read'] };
  expectActs(await call(boss, 'roles.create', role), {
    act: 'role.created',
    ...asBoss,
    target: { kind: 'role', id: 'helper', name: null },
    details: { permissions: ['users:read'] },
  });
  expectActs(await call(boss, 'roles.update', { name: 'helper', description: 'Helped', permissions: ['audit:read'] }), {
    act: 'role.changed',
    ...asBoss,
    target: { kind: 'role', id: 'helper', name: null },
    details: { description: { from: 'Helps', to: 'Helped' }, gained: ['audit:read'], lost: ['users:read'] },
  });
  expectActs(await call(boss, 'roles.remove', { name: 'helper' }), {
    act: 'role.removed',
    ...asBoss,
    target: { kind: 'role', id: 'helper', name: null },
    details: { permissions: ['audit:read'] },
  });

  // Resources.
  const permissions = [{ name: 'notes:read', description: 'Read notes.' }];
  const audience = 'https://notes.example.com';
  const registered = await call<Resource>(boss, 'resources.create', { name: 'Notes', audience, permissions });
  const notes = { kind: 'resource', id: registered.data.id, name: 'Notes' };
  expectActs(registered, {
    act: 'resource.created',
    ...asBoss,
    target: notes,
    details: { audience, permissions: ['notes:read'] },
  });
  expectActs(await call(boss, 'resources.update', { id: notes.id, name: 'Books', permissions: [] }), {
    act: 'resource.changed',
    ...asBoss,
    target: notes,
    details: {
      name: { from: 'Notes', to: 'Books' },
      added: [],
      described: [],
      removed: ['notes:read'],
      takenFrom: { roles: [], apiKeys: 0 },
    },
  });
  expectActs(await call(boss, 'resources.remove', { id: notes.id }), {
    act: 'resource.removed',
    ...asBoss,
    target: { ...notes, name: 'Books' },
    details: { audience, removed: [], takenFrom: { roles: [], apiKeys: 0 } },
  });
  await server.signingKeys.rotate(COMMAND_LINE);

  // Mail: a password and an address by link, and the address taken back.
  const mailed = { email: 'mailed@example.com', password: BOSS.password };
  const { user } = (await call<Made>(boss, 'users.create', mailed)).data;
  const owner = { kind: 'account', id: user.id, name: mailed.email };
  const asked = await call(somebody(), 'passwordReset.request', { email: mailed.email });
  const resetToken = await server.tokenMailedTo(mailed.email);
  expectActs(asked, { act: 'account.password_reset_asked', ...nobody, target: owner });
  const reader = somebody();
  expectActs(
    await call(reader, 'passwordReset.complete', { token: resetToken, password: 'another good password' }),
    { act: 'account.password_reset', ...nobody, target: owner },
    { act: 'session.created', target: owner, details: { method: 'reset' } },
  );
  await call(reader, 'email.askToVerify');
  const verified = await call(somebody(), 'email.verify', { token: await server.tokenMailedTo(mailed.email) });
  expectActs(verified, { act: 'account.email_verified', ...nobody, target: owner });
  const moved = { email: 'moved@example.com' };
  expectActs(await call(reader, 'email.askToChange', moved), {
    act: 'account.email_change_asked',
    target: owner,
    details: { to: moved.email },
  });
  const changed = await call(somebody(), 'email.change', { token: await server.tokenMailedTo(moved.email) });
  const addresses = { from: mailed.email, to: moved.email };
  expectActs(changed, { act: 'account.email_changed', ...nobody, target: owner, details: addresses });
  expectActs(
    await call(somebody(), 'email.takeBack', { token: await server.tokenMailedTo(mailed.email) }),
    { act: 'session.ended', ...nobody },
    {
      act: 'account.email_change_undone',
      ...nobody,
      target: { ...owner, name: moved.email },
      details: { from: moved.email, to: mailed.email, apiKeyIds: [], appIds: [], passkeys: 0 },
    },
  );

  // A key that has ended, the alerts about all this, and an account that is locked down.
  await byKey.rest('GET', '/me');
  await server.refusals.settle();
  await server.watch.look();
  const [one, other] = (await boss.api.alerts.list.query({})).items;
  expectActs(await call(boss, 'alerts.acknowledge', { id: one!.id }), { act: 'alert.acknowledged', ...asBoss });
  expectActs(await call(boss, 'alerts.dismiss', { id: other!.id }), { act: 'alert.dismissed', ...asBoss });
  expectActs(await call(boss, 'users.lockDown', { id: owner.id }), {
    act: 'account.locked_down',
    ...asBoss,
    target: owner,
  });
  const last = await call<Made>(boss, 'users.create', { email: 'last@example.com', password: BOSS.password });
  const leaver = { kind: 'account', id: last.data.user.id, name: 'last@example.com' };
  expectActs(await call(boss, 'users.export', { id: leaver.id }), { act: 'account.exported', ...asBoss });
  expectActs(await call(boss, 'users.close', { id: leaver.id, email: leaver.name }), {
    act: 'account.closed',
    ...asBoss,
    target: { ...leaver, name: CLOSED_ACCOUNT },
  });

  // Apps. What people allow them is told of where they do.
  const appInput = { name: 'Notes', redirectUris: ['https://app.example.com/callback'] };
  const app = await call<{ app: App }>(boss, 'apps.create', appInput);
  const appTarget = { kind: 'app', id: app.data.app.id, name: 'Notes' };
  expectActs(app, { act: 'app.created', ...asBoss, target: appTarget });
  const appId = { id: appTarget.id };
  const appNamed = await call(boss, 'apps.update', { ...appId, name: 'Notes 2' });
  expectActs(appNamed, { act: 'app.changed', ...asBoss, target: appTarget, details: { name: 'Notes 2' } });
  const ofApp = { ...asBoss, target: { ...appTarget, name: 'Notes 2' } };
  expectActs(await call(boss, 'apps.rotate', appId), { act: 'app.secret_rotated', ...ofApp });
  expectActs(await call(boss, 'apps.update', { ...appId, disabled: true }), { act: 'app.disabled', ...ofApp });
  expectActs(await call(boss, 'apps.update', { ...appId, disabled: false }), { act: 'app.enabled', ...ofApp });
  await stealKey(boss, expectActs);
}

async function allEntries(): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await server.services.audit.list({ limit: 100, ...(cursor && { cursor }) });
    entries.unshift(...(page.items.toReversed() as AuditEntry[]));
    cursor = page.nextCursor;
  }
  return entries;
}

describe('the audit log', () => {
  it('tells of every act who did what to whom, from where, with which credential, in which request [B16]', async () => {
    await open();
    const wanted: { requestId: string; entries: Expected[] }[] = [];
    await journey(({ status, requestId }, ...entries) => {
      expect([entries[0]?.act, requestId]).toEqual([entries[0]?.act, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect([entries[0]?.act, status < 500]).toEqual([entries[0]?.act, true]);
      wanted.push({ requestId, entries });
    });
    const recorded = await allEntries();
    for (const { requestId, entries } of wanted) {
      const found = recorded.filter((entry) => entry.requestId === requestId);
      expect(found).toMatchObject(entries);
      expect(found.map(({ act }) => act)).toEqual(entries.map(({ act }) => act));
      for (const entry of found) expect(entry).toMatchObject({ address: ADDRESS, digest: expect.any(String) });
    }
    const bySystem = recorded.filter(({ requestId }) => requestId === null);
    expect(new Set(bySystem.map(({ act, actor }) => `${act} by ${actor.name}`))).toEqual(
      new Set([
        'signing_key.created by server',
        'signing_key.created by command line',
        'signing_key.rotated by command line',
      ]),
    );
    expect(new Set(recorded.map(({ act }) => act))).toEqual(
      new Set(Object.keys(ACTS).filter((act) => !act.startsWith('grant.'))),
    );
    expect(await verifyChain(server.storage.read)).toBeNull();
  });
});

/** Makes every insert of an entry fail, past the program, until it is undone. */
const SABOTAGE: Record<string, (url: string) => Promise<() => Promise<void>>> = {
  SQLite: async () => {
    const beside = new Database(join(server.dataDir, 'latchkey.sqlite'));
    beside.exec(`create trigger no_audit before insert on audit_entries begin select raise(abort, 'no'); end`);
    return async () => {
      beside.exec('drop trigger no_audit');
      beside.close();
    };
  },
  PostgreSQL: async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('alter table audit_entries add constraint no_audit check (false) not valid');
    return async () => {
      await client.query('alter table audit_entries drop constraint no_audit');
      await client.end();
    };
  },
};

async function everything(): Promise<Record<string, unknown[]>> {
  const { db, tables } = server.storage.read;
  // Tries are counted though they fail, who follows the audit comes on, and the last use is no act.
  const kept = Object.entries(tables).filter(([name]) => !['rateLimits', 'followers', 'alerts'].includes(name));
  const rows = kept.map(async ([name, table]) => {
    const found: object[] = await db.select().from(table);
    return [name, found.map((row) => JSON.stringify({ ...row, lastUsedAtMs: null })).toSorted()];
  });
  return Object.fromEntries(await Promise.all(rows));
}

const mails = () =>
  readdirSync(server.dataDir).flatMap((name) => (name === 'outbox' ? readdirSync(join(server.dataDir, name)) : []));

describe('an act that can’t be recorded', () => {
  for (const [database, sabotage] of Object.entries(SABOTAGE)) {
    it(`doesn’t happen: nothing of it stays, and no mail, cookie or secret leaves, on ${database}`, async () => {
      const url = database === 'PostgreSQL' ? await freshPostgresUrl() : '';
      await open(url === '' ? {} : { DATABASE_URL: url });
      const boss = somebody();
      const setupToken = linkToken(await server.services.signIn.issueSetupLink());
      await call(boss, 'setup.complete', { token: setupToken, ...BOSS });
      await boss.api.settings.update.mutate({ signUpOpen: true });
      const { user, invitationLink } = await boss.api.users.create.mutate({ email: 'new@example.com' });
      await somebody().api.signUp.request.mutate({ email: 'walk-in@example.com' });
      const signUpToken = await server.tokenMailedTo('walk-in@example.com');
      await somebody().api.passwordReset.request.mutate({ email: BOSS.email });
      const resetToken = await server.tokenMailedTo(BOSS.email);
      await boss.api.email.askToVerify.mutate({});
      const verifyToken = await server.tokenMailedTo(BOSS.email);
      await boss.api.email.askToChange.mutate({ email: 'elsewhere@example.com' });
      const changeToken = await server.tokenMailedTo('elsewhere@example.com');
      const worker = await boss.api.serviceAccounts.create.mutate({ name: 'worker' });
      const { apiKey } = await boss.api.apiKeys.create.mutate({ name: 'key', permissions: [] });
      const { email, password } = BOSS;
      const there = await call<Me>(somebody(), 'signIn.password', { email, password });
      const sessionId = there.data.credential.id;
      const name = { name: 'Other' };
      const { secret, enrolment } = await boss.api.factors.startTotp.mutate({});
      const acts: [procedure: string, input: Body, caller?: Caller][] = [
        ['users.create', { email: 'x@example.com' }],
        ['users.create', { email: 'x@example.com', password: BOSS.password }],
        ['users.update', { id: user.id, disabled: true }],
        ['users.update', { id: user.id, roles: ['auditor'], ...name }],
        ['users.resendInvitation', { id: user.id }],
        ['serviceAccounts.create', name],
        ['serviceAccounts.update', { id: worker.id, disabled: true }],
        ['roles.create', { name: 'helper', description: 'x', permissions: [] }],
        ['settings.update', { signUpOpen: false }],
        ['apiKeys.create', { ...name, permissions: [] }],
        ['apiKeys.update', { id: apiKey.id, ...name }],
        ['apiKeys.rotate', { id: apiKey.id }],
        ['apiKeys.revoke', { id: apiKey.id }],
        ['tokens.create', {}],
        ['me.update', name],
        ['me.changePassword', { currentPassword: BOSS.password, newPassword: 'another password' }],
        ['session.confirm', { password: BOSS.password }],
        ['factors.confirmTotp', { enrolment, code: codeOfApp(secret, server.clock.now()) }],
        ['session.end', {}],
        ['sessions.end', { id: sessionId }],
        ['sessions.endOthers', {}],
        ['sessions.endAll', {}],
        ['signIn.password', { email, password }, somebody()],
        ['signIn.password', { email, password: 'wrong' }, somebody()],
        ['signUp.complete', { token: signUpToken, ...name, password: BOSS.password }, somebody()],
        ['passwordReset.complete', { token: resetToken, password: 'another password' }, somebody()],
        ['email.askToChange', { email: 'z@example.com' }],
        ['users.export', { id: user.id }],
        ['users.close', { id: user.id, email: user.email }],
        ['email.verify', { token: verifyToken }, somebody()],
        ['email.change', { token: changeToken }, somebody()],
        ['invitations.accept', { token: linkToken(invitationLink), ...name, password: BOSS.password }, somebody()],
      ];
      const [before, mailed] = [await everything(), mails()];
      const mend = await sabotage(url);
      for (const [procedure, input, caller = boss] of acts) {
        const answer = await caller.request('POST', `/trpc/${procedure}`, input);
        expect([procedure, answer.status, answer.headers['set-cookie']]).toEqual([procedure, 500, undefined]);
        expect(JSON.stringify(answer.body)).not.toMatch(/lk_|"accessToken"|#[0-9A-Za-z]{43}|no_audit/);
      }
      await mend();
      expect(await everything()).toEqual(before);
      expect(mails()).toEqual(mailed);
      expect(await verifyChain(server.storage.read)).toBeNull();
      await expect(boss.api.users.create.mutate({ email: 'x@example.com' })).resolves.toBeTruthy();
    });
  }
});
