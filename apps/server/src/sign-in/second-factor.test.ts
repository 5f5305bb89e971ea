import type { AuditEntry, Me, ProblemBody, SecondFactorNeeded } from '@latchkey/schemas';
import {
  ADMIN,
  callWithText,
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  proceduresOf,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

import { describeGuards } from '../rpc/index.ts';
import { MINUTE_MS, SECOND_MS } from '../time/index.ts';

const STEP_MS = 30 * SECOND_MS;

let server: TestServer;
let admin: Caller;
let secret: string;
let codes: string[];

/** A server whose admin has an authenticator app and recovery codes. */
async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  admin = await server.admin();
  const started = await admin.api.factors.startTotp.mutate({});
  secret = started.secret;
  const confirmed = await admin.api.factors.confirmTotp.mutate({ enrolment: started.enrolment, code: codeNow() });
  codes = confirmed.codes;
  server.clock.advance(STEP_MS);
}

const codeNow = (laterMs = 0) => codeOfApp(secret, server.clock.now() + laterMs);

async function passwordStep(): Promise<Caller> {
  const caller = server.stranger();
  const { status, body } = await caller.rest<SecondFactorNeeded>('POST', '/session', ADMIN);
  expect([status, body.next]).toEqual([200, 'second_factor']);
  return caller;
}

const finish = (caller: Caller, code: string) =>
  caller.rest<Me & ProblemBody>('POST', '/session/second-factor', { code });
const codeOf = async (caller: Caller, code: string): Promise<string> =>
  (await finish(caller, code)).body.code ?? 'done';
const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;
const acts = async (act: AuditEntry['act']) => (await admin.api.audit.list.query({ act, limit: 100 })).items;

describe('a password alone, where there is a second factor', () => {
  it('opens nothing: every procedure that isn’t open says 401 to every cookie it gave [B02]', async () => {
    await open();
    const caller = await passwordStep();
    expect([...caller.cookies.keys()]).toEqual(['__Host-latchkey-sign-in']);
    const pending = caller.cookies.get('__Host-latchkey-sign-in') ?? '';
    const open_ = new Set(
      describeGuards(server.router).flatMap(({ rung, procedure }) => (rung === 'open' ? [procedure] : [])),
    );
    const guarded = proceduresOf(server.router).filter(({ path }) => !open_.has(path));
    expect(guarded.length).toBeGreaterThan(30);
    for (const procedure of guarded) {
      expect([procedure.path, (await callWithText(caller, procedure, '{}')).status]).toEqual([procedure.path, 401]);
    }
    const slots: Record<string, string>[] = [
      { cookie: `__Host-latchkey=${pending}` },
      { cookie: `api_key=${pending}` },
      { authorization: `Bearer ${pending}` },
      { 'x-api-key': pending },
    ];
    for (const headers of slots)
      expect((await server.stranger().rest('GET', '/me', undefined, headers)).status).toBe(401);
  });

  it('names the ways to go on, and sets a cookie that script and other sites can’t use', async () => {
    await open();
    const { headers, body } = await server.stranger().rest('POST', '/session', ADMIN);
    const expiresAtMs = server.clock.now() + 10 * MINUTE_MS;
    expect(body).toEqual({ next: 'second_factor', factors: ['totp', 'recovery_code'], expiresAtMs });
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-latchkey-sign-in=\S+; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('is one step of one browser, for ten minutes, until the password is changed [B22]', async () => {
    await open();
    expect(await codeOf(server.stranger(), codeNow())).toBe('sign_in_over');
    const late = await passwordStep();
    server.clock.advance(10 * MINUTE_MS);
    expect(await codeOf(late, codeNow())).toBe('sign_in_over');
    const overtaken = await passwordStep();
    await admin.api.me.changePassword.mutate({ currentPassword: ADMIN.password, newPassword: 'another password' });
    expect(await codeOf(overtaken, codeNow())).toBe('sign_in_over');
    const changed = server.stranger();
    await changed.rest('POST', '/session', { ...ADMIN, password: 'another password' });
    expect(await codeOf(changed, codeNow())).toBe('done');
  });

  it('is over when the account is disabled meanwhile [B23]', async () => {
    await open();
    await admin.api.users.create.mutate({ email: 'second@example.com', roles: ['admin'], password: ADMIN.password });
    const other = server.stranger();
    await other.signIn('second@example.com', ADMIN.password);
    const caller = await passwordStep();
    const { id } = await admin.api.me.get.query();
    await other.api.users.update.mutate({ id, disabled: true });
    expect(await codeOf(caller, codeNow())).toBe('sign_in_failed');
    expect(await isIn(caller)).toBe(false);
  });
});

describe('a code of the app', () => {
  it('finishes the sign-in, is in the audit, and takes the cookie of the first step away', async () => {
    await open();
    const caller = await passwordStep();
    const { status, body } = await finish(caller, codeNow());
    expect([status, body.email]).toEqual([200, ADMIN.email]);
    expect([...caller.cookies.keys()]).toEqual(['__Host-latchkey', '__Host-latchkey-device']);
    expect((await acts('session.created'))[0]).toMatchObject({ details: { method: 'password', factor: 'totp' } });
  });

  it('is taken once: a replay is refused, of the step before too', async () => {
    await open();
    const code = codeNow();
    expect(await codeOf(await passwordStep(), code)).toBe('done');
    expect(await codeOf(await passwordStep(), code)).toBe('second_factor_failed');
    expect(await codeOf(await passwordStep(), codeNow(-STEP_MS))).toBe('second_factor_failed');
    expect(await codeOf(await passwordStep(), codeNow(STEP_MS))).toBe('done');
  });

  it('that set the app up signs nobody in', async () => {
    await open();
    server.clock.advance(-STEP_MS);
    expect(await codeOf(await passwordStep(), codeNow())).toBe('second_factor_failed');
  });

  it.each(['SQLite', 'PostgreSQL'])('lets one of six in, on %s, from one browser or from many [B05]', async (name) => {
    await open(name === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() });
    const shared = await passwordStep();
    // With the password steps nine tries, which is as many as aren't limited.
    const copies = Array.from({ length: 4 }, () => server.stranger());
    for (const copy of copies) for (const [cookie, value] of shared.cookies) copy.cookies.set(cookie, value);
    const others = [await passwordStep(), await passwordStep()];
    const code = codeNow();
    const outcomes = await Promise.all([...copies, ...others].map((caller) => codeOf(caller, code)));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(new Set(outcomes.filter((outcome) => outcome !== 'done'))).toEqual(
      new Set(outcomes.includes('sign_in_over') ? ['second_factor_failed', 'sign_in_over'] : ['second_factor_failed']),
    );
  });

  it('is guessed ten times and no more, by whoever knows the password, and however often they say it [B24]', async () => {
    await open();
    const outcomes: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const caller = server.stranger();
      const { body } = await caller.rest<{ next?: string; code: string }>('POST', '/session', ADMIN);
      outcomes.push(body.next ?? body.code, await codeOf(caller, '000000'));
    }
    expect(outcomes.filter((each) => each === 'second_factor' || each === 'second_factor_failed')).toHaveLength(10);
    expect(outcomes.slice(10).every((each) => each === 'rate_limited' || each === 'sign_in_over')).toBe(true);
    expect(await acts('sign_in.failed')).toHaveLength(5);
  });

  it('that is right forgives what was counted', async () => {
    await open();
    for (let round = 0; round < 12; round += 1) {
      expect(await codeOf(await passwordStep(), '000000')).toBe('second_factor_failed');
      expect(await codeOf(await passwordStep(), codeNow())).toBe('done');
      server.clock.advance(STEP_MS);
    }
  });

  it('that is wrong leaves the first step as it was', async () => {
    await open();
    const caller = await passwordStep();
    for (const wrong of ['000000', 'abc', '0'.repeat(100)]) {
      expect(await codeOf(caller, wrong)).toBe('second_factor_failed');
    }
    expect(await codeOf(caller, codeNow())).toBe('done');
  });
});

describe('a recovery code', () => {
  it('stands in for the app, each of ten once', async () => {
    await open();
    expect(codes).toHaveLength(10);
    expect(await codeOf(await passwordStep(), codes[0] ?? '')).toBe('done');
    expect(await codeOf(await passwordStep(), codes[0] ?? '')).toBe('second_factor_failed');
    expect(await codeOf(await passwordStep(), (codes[1] ?? '').toUpperCase().replaceAll('-', ' '))).toBe('done');
    expect((await admin.api.factors.security.query()).recoveryCodes.left).toBe(8);
    expect((await acts('session.created'))[0]).toMatchObject({ details: { factor: 'recovery_code' } });
  });

  it('works no more once there are new ones, or the app is gone', async () => {
    await open();
    const renewed = await admin.api.factors.renewRecoveryCodes.mutate({});
    expect(await codeOf(await passwordStep(), codes[0] ?? '')).toBe('second_factor_failed');
    expect(await codeOf(await passwordStep(), renewed.codes[0] ?? '')).toBe('done');
    await admin.api.factors.removeTotp.mutate({});
    expect((await admin.api.factors.security.query()).recoveryCodes.left).toBe(0);
    expect((await problemOf(admin.api.factors.renewRecoveryCodes.mutate({}))).code).toBe('state_conflict');
    expect((await server.stranger().rest('POST', '/session', ADMIN)).body).toMatchObject({ kind: 'person' });
  });
});

describe('setting up an app', () => {
  it('counts once a code has come back, and each secret once', async () => {
    server = await openTestServer();
    onTestFinished(() => server.close());
    admin = await server.admin();
    const started = await admin.api.factors.startTotp.mutate({});
    secret = started.secret;
    expect(started.uri).toBe(
      `otpauth://totp/localhost%3A3000:admin%40example.com?secret=${secret}&issuer=localhost%3A3000&algorithm=SHA1&digits=6&period=30`,
    );
    const confirm = (code: string, enrolment = started.enrolment, caller = admin) =>
      caller.api.factors.confirmTotp.mutate({ enrolment, code });
    expect((await problemOf(confirm('000000'))).code).toBe('second_factor_failed');
    expect((await problemOf(confirm(codeNow(), 'x'))).code).toBe('state_conflict');
    const eve = await server.person('eve@example.com');
    expect((await problemOf(confirm(codeNow(), started.enrolment, eve))).code).toBe('state_conflict');
    expect((await admin.api.factors.security.query()).totp).toBeNull();
    await confirm(codeNow());
    expect((await problemOf(confirm(codeNow(STEP_MS)))).code).toBe('state_conflict');
    server.clock.advance(30 * MINUTE_MS);
    expect((await problemOf(confirm(codeNow()))).code).toBe('fresh_sign_in_needed');
  });

  it('keeps nothing readable in the database, and shows nothing of it again', async () => {
    await open();
    const { db, tables } = server.storage.read;
    const stored = JSON.stringify([
      await db.select().from(tables.totpSecrets),
      await db.select().from(tables.recoveryCodes),
    ]);
    for (const text of [secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
      expect(stored).not.toContain(text);
    const shown = JSON.stringify([await admin.api.factors.security.query(), await acts('factor.totp_added')]);
    for (const text of [secret, ...codes]) expect(shown).not.toContain(text);
  });

  it('takes the place of the app before, and leaves the recovery codes', async () => {
    await open();
    const before = secret;
    const started = await admin.api.factors.startTotp.mutate({});
    secret = started.secret;
    expect(await admin.api.factors.confirmTotp.mutate({ enrolment: started.enrolment, code: codeNow() })).toEqual({
      codes: [],
    });
    server.clock.advance(STEP_MS);
    expect(await codeOf(await passwordStep(), codeOfApp(before, server.clock.now()))).toBe('second_factor_failed');
    expect(await codeOf(await passwordStep(), codeNow())).toBe('done');
  });
});

it('signing in again ends the session that the browser had [V7.2.4]', async () => {
  server = await openTestServer();
  onTestFinished(() => server.close());
  const caller = await server.admin();
  const old = server.stranger();
  old.cookie = caller.cookie;
  await caller.signIn(ADMIN.email, ADMIN.password);
  expect([await isIn(old), await isIn(caller)]).toEqual([false, true]);
  expect((await caller.api.sessions.list.query()).items).toHaveLength(1);
});
