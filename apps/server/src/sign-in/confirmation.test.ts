import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProblemBody } from '@latchkey/schemas';
import {
  ADMIN,
  codeOfApp,
  openTestServer,
  problemOf,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

let server: TestServer;
let admin: Caller;
let secret: string;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

const codeNow = () => codeOfApp(secret, server.clock.now());
const change = (caller = admin) => caller.api.settings.update.mutate({ signUpOpen: true });

async function addApp(caller: Caller): Promise<string[]> {
  const started = await caller.api.factors.startTotp.mutate({});
  secret = started.secret;
  const { codes } = await caller.api.factors.confirmTotp.mutate({ enrolment: started.enrolment, code: codeNow() });
  server.clock.advance(30 * SECOND_MS);
  return codes;
}

async function goStale(): Promise<void> {
  server.clock.advance(16 * MINUTE_MS);
  expect((await problemOf(change())).code).toBe('fresh_sign_in_needed');
}

describe('confirming that it’s still the same person', () => {
  it.each(['password', 'code', 'recovery code', 'passkey'])('is done with a %s', async (by) => {
    const codes = await addApp(admin);
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await admin.api.passkeys.start.mutate({}));
    await admin.api.passkeys.add.mutate({ name: 'Laptop', passkey });
    await goStale();
    const given = {
      password: async () => ({ password: ADMIN.password }),
      code: async () => ({ code: codeNow() }),
      'recovery code': async () => ({ code: codes[0] ?? '' }),
      passkey: async () => ({ passkey: device.get(await admin.api.passkeys.ask.mutate({}), { verified: false }) }),
    }[by];
    const confirmation = await given!();
    await admin.api.session.confirm.mutate(confirmation);
    await expect(change()).resolves.toMatchObject({ signUpOpen: true });
    if (by === 'password') return;
    await goStale();
    const failed = await problemOf(admin.api.session.confirm.mutate(confirmation));
    expect(failed.code).toBe(by === 'passkey' ? 'passkey_failed' : 'second_factor_failed');
  });

  it('gives the session another id and ends the one before, which takes no cookie away on its way out [V7.2.4]', async () => {
    const before = server.stranger();
    before.cookie = admin.cookie;
    const { accessToken } = await admin.api.tokens.create.mutate({});
    const idBefore = (await admin.api.me.get.query()).credential.id;
    await admin.api.session.confirm.mutate({ password: ADMIN.password });
    const idAfter = (await admin.api.me.get.query()).credential.id;
    expect(idAfter).not.toBe(idBefore);
    const answer = await before.rest<ProblemBody>('GET', '/me');
    expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([401, 'session_ended', undefined]);
    server.clock.advance(6 * MINUTE_MS);
    const late = await before.rest('GET', '/me');
    expect([late.status, late.headers['set-cookie']]).toEqual([401, undefined]);
    expect((await admin.rest('GET', '/me')).status).toBe(200);
    const token = server.stranger().with({ authorization: `Bearer ${accessToken}` });
    expect((await token.rest('GET', '/me')).status).toBe(401);
    expect((await admin.api.sessions.list.query()).items).toMatchObject([{ id: idAfter, current: true }]);
  });

  it('counts guesses with those at sign-in [B24]', async () => {
    await addApp(admin);
    const codes = [];
    for (let guess = 0; guess < 8; guess += 1) {
      codes.push((await problemOf(admin.api.session.confirm.mutate({ code: '000000' }))).code);
    }
    expect(codes.at(-1)).toBe('rate_limited');
    const { items } = await admin.api.audit.list.query({ act: 'sign_in.failed' });
    expect(items).toHaveLength(5);
    const { id, credential } = await admin.api.me.get.query();
    const details = { email: ADMIN.email, factor: 'totp', sessionId: credential.id };
    expect(items[0]).toMatchObject({ actor: { kind: 'anonymous' }, target: { id }, details });
  });

  it('counts passkeys that are none with them, and tells the audit', async () => {
    const device = new VirtualAuthenticator(server.publicUrl);
    device.create(await admin.api.passkeys.start.mutate({}));
    const codes = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      // Never added, so nobody knows it.
      const passkey = device.get(await admin.api.passkeys.ask.mutate({}));
      codes.push((await problemOf(admin.api.session.confirm.mutate({ passkey }))).code);
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'passkey_failed'), 'rate_limited']);
    const { items } = await admin.api.audit.list.query({ act: 'sign_in.failed' });
    expect(items.map(({ details }) => details['factor'])).toEqual(Array.from({ length: 5 }, () => 'passkey'));
  });

  it('takes what a passkey signed for something else for nothing', async () => {
    const device = new VirtualAuthenticator(server.publicUrl);
    const passkey = device.create(await admin.api.passkeys.start.mutate({}));
    await admin.api.passkeys.add.mutate({ name: 'Laptop', passkey });
    const forSignIn = device.get(await admin.api.signIn.askPasskey.mutate({}));
    expect((await problemOf(admin.api.session.confirm.mutate({ passkey: forSignIn }))).code).toBe('passkey_failed');
    const stranger = server.stranger();
    stranger.cookies.set('__Host-latchkey-passkey', admin.cookies.get('__Host-latchkey-passkey') ?? '');
    const toConfirm = device.get(await admin.api.passkeys.ask.mutate({}));
    stranger.cookies.set('__Host-latchkey-passkey', admin.cookies.get('__Host-latchkey-passkey') ?? '');
    expect((await problemOf(stranger.api.signIn.passkey.mutate({ passkey: toConfirm }))).code).toBe('passkey_failed');
  });
});

describe('a trusted browser', () => {
  const signIn = async (caller: Caller) => (await caller.rest('POST', '/session', ADMIN)).body;

  async function trusted(): Promise<Caller> {
    await addApp(admin);
    const caller = server.stranger();
    await signIn(caller);
    await caller.api.signIn.secondFactor.mutate({ code: codeNow(), trustDevice: true });
    server.clock.advance(30 * SECOND_MS);
    return caller;
  }

  it('is asked for the password alone, for thirty days, and no other browser is', async () => {
    const caller = await trusted();
    expect((await admin.api.factors.security.query()).trustedDevices).toBe(1);
    expect(await signIn(caller)).toMatchObject({ kind: 'person' });
    expect(await signIn(server.stranger())).toMatchObject({ next: 'second_factor' });
    server.clock.advance(30 * DAY_MS);
    expect(await signIn(caller)).toMatchObject({ next: 'second_factor' });
  });

  it('is one no more when the person says so, changes the password, or takes the last factor away', async () => {
    const caller = await trusted();
    await admin.api.factors.distrustDevices.mutate({});
    expect(await signIn(caller)).toMatchObject({ next: 'second_factor' });
    await caller.api.signIn.secondFactor.mutate({ code: codeNow(), trustDevice: true });
    const newPassword = 'quite another good passphrase';
    await admin.api.me.changePassword.mutate({ currentPassword: ADMIN.password, newPassword });
    expect((await caller.rest('POST', '/session', { ...ADMIN, password: newPassword })).body).toMatchObject({
      next: 'second_factor',
    });
  });

  it('is asked for when somebody else signs in there', async () => {
    const caller = await trusted();
    await admin.api.users.create.mutate({ email: 'eve@example.com', password: ADMIN.password });
    const eve = server.stranger();
    await eve.signIn('eve@example.com', ADMIN.password);
    await addApp(eve);
    expect((await caller.rest('POST', '/session', { ...ADMIN, email: 'eve@example.com' })).body).toMatchObject({
      next: 'second_factor',
    });
  });
});

describe('an admin who resets somebody’s factors', () => {
  it('lets the person in with the password alone; it ends the sessions, is in the audit, and the person is told', async () => {
    const person = await server.person('ada@example.com');
    await addApp(person);
    const { id } = await person.api.me.get.query();
    expect(await admin.api.userFactors.reset.mutate({ id })).toEqual({ mailed: false });
    expect((await person.rest('GET', '/me')).status).toBe(401);
    await person.signIn('ada@example.com', ADMIN.password);
    expect(await person.api.factors.security.query()).toMatchObject({ totp: null, recoveryCodes: { left: 0 } });
    const { items } = await admin.api.audit.list.query({ act: 'factor.reset' });
    expect(items).toMatchObject([
      { actor: { name: ADMIN.email }, target: { id }, details: { app: true, passkeys: 0 } },
    ]);
    const outbox = join(server.dataDir, 'outbox');
    const mails = readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));
    expect(mails.filter((mail) => mail.includes('Your second factors at localhost:3000 were removed'))).toHaveLength(1);
    expect((await problemOf(admin.api.userFactors.reset.mutate({ id }))).code).toBe('state_conflict');
  });

  it('is one who holds all that the person holds, with a fresh sign-in and no key [B12] [B28]', async () => {
    await addApp(admin);
    const { id } = await admin.api.me.get.query();
    const permissions = ['users:read', 'users:write', 'api_keys:read', 'api_keys:write'] as const;
    await admin.api.roles.create.mutate({ name: 'helper', description: 'Helps', permissions: [...permissions] });
    await admin.api.users.create.mutate({ email: 'helper@example.com', roles: ['helper'], password: ADMIN.password });
    const helper = server.stranger();
    await helper.signIn('helper@example.com', ADMIN.password);
    const reset = (caller: Caller) => problemOf(caller.api.userFactors.reset.mutate({ id }));
    expect((await reset(helper)).code).toBe('grant_exceeds_own');
    const { secret: key } = await helper.api.apiKeys.create.mutate({ name: 'key', permissions: ['users:write'] });
    expect((await reset(server.stranger().with({ 'x-api-key': key }))).code).toBe('credential_not_accepted');
    server.clock.advance(16 * MINUTE_MS);
    expect((await reset(helper)).code).toBe('fresh_sign_in_needed');
    expect((await admin.api.factors.security.query()).totp).not.toBeNull();
  });
});
