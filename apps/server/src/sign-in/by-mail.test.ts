import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import type { ProblemBody } from '@latchkey/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { HOUR_MS } from '../time/index.ts';

const ADA = 'ada@example.com';
const NEW_PASSWORD = 'another good password';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
/** It waits for mail that is under way, and one of these mail servers never answers. */
afterEach(() => server.close(), 30_000);

/** Somebody from a network of their own. */
let networks = 0;
function somebody(): Caller {
  const caller = server.stranger();
  networks += 1;
  caller.remoteAddress = `198.51.100.${networks % 250}`;
  return caller;
}

const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;
const askReset = (email: string, caller = somebody()) =>
  caller.request('POST', '/trpc/passwordReset.request', { email });

async function resetToken(email = ADA): Promise<string> {
  await askReset(email);
  return server.tokenMailedTo(email);
}

async function openSignUp(): Promise<void> {
  await (await server.admin()).api.settings.update.mutate({ signUpOpen: true });
}

describe('a reset', () => {
  it('gives a new password by mail, ends every session, and begins one', async () => {
    const before = await server.person(ADA);
    const token = await resetToken();
    expect(await somebody().api.passwordReset.check.mutate({ token })).toMatchObject({ valid: true, email: ADA });
    const here = somebody();
    await expect(here.api.passwordReset.complete.mutate({ token, password: NEW_PASSWORD })).resolves.toMatchObject({
      email: ADA,
    });
    expect([await isIn(before), await isIn(here)]).toEqual([false, true]);
    expect((await problemOf(somebody().signIn(ADA, ADMIN.password))).code).toBe('sign_in_failed');
    await expect(somebody().signIn(ADA, NEW_PASSWORD)).resolves.toMatchObject({ email: ADA });
    expect(await here.api.email.get.query()).toEqual({ email: ADA, verified: true });
  });

  it('works once: one of twenty at once, and not again, though the first use failed [B15] [V6.4.4]', async () => {
    await server.person(ADA);
    const token = await resetToken();
    const use = (password: string) =>
      somebody().request<{ error?: { data: { problem: ProblemBody } } }>('POST', '/trpc/passwordReset.complete', {
        token,
        password,
      });
    expect((await use('short')).body.error?.data.problem.code).toBe('input_invalid');
    expect((await use('password1')).body.error?.data.problem.code).toBe('password_common');
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(NEW_PASSWORD)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).toHaveLength(1);
    expect((await use(NEW_PASSWORD)).body.error?.data.problem.code).toBe('link_used');
  });

  it('dies after an hour, when a newer one is sent, when the account is disabled and when its address changes', async () => {
    const ada = await server.person(ADA);
    const check = async (token: string) => (await somebody().api.passwordReset.check.mutate({ token })).valid;
    const old = await resetToken();
    const newer = await resetToken();
    expect([await check(old), await check(newer)]).toEqual([false, true]);
    server.clock.advance(HOUR_MS);
    expect(await check(newer)).toBe(false);

    const admin = await server.admin();
    const { id } = await ada.api.me.get.query();
    server.clock.advance(24 * HOUR_MS);
    const third = await resetToken();
    await admin.api.users.update.mutate({ id, disabled: true });
    expect(await check(third)).toBe(false);
    const refused = somebody().api.passwordReset.complete.mutate({ token: third, password: NEW_PASSWORD });
    expect((await problemOf(refused)).code).toBe('link_used');
  });

  it('says the same, and mails nobody, for an address without an account, a disabled one and a program’s [P29] [V6.3.8]', async () => {
    const admin = await server.admin();
    const { user } = await admin.api.users.create.mutate({ email: 'off@example.com', password: ADMIN.password });
    await admin.api.users.update.mutate({ id: user.id, disabled: true });
    const said = new Set<string>();
    const before = server.passwords.verifications;
    for (const email of [ADMIN.email, 'nobody@example.com', 'off@example.com']) {
      const { status, body, headers } = await askReset(email);
      said.add(JSON.stringify({ status, body, names: Object.keys(headers).toSorted() }));
    }
    expect([...said]).toHaveLength(1);
    expect(server.passwords.verifications).toBe(before);
    expect(await server.mailTo(ADMIN.email)).toHaveLength(1);
    expect([await server.mailTo('nobody@example.com'), await server.mailTo('off@example.com')]).toEqual([[], []]);
  });

  it('answers before it looks whether there is an account: an answer waits for no mail server [P29]', async () => {
    await server.close();
    server = await openTestServer({ environment: { SMTP_URL: 'smtp://192.0.2.1:25' } });
    const answers = await Promise.all([askReset(ADMIN.email), askReset('nobody@example.com')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('fills nobody’s mailbox, and is limited by network alone in what it answers', async () => {
    for (let asked = 0; asked < 10; asked += 1) expect((await askReset(ADMIN.email)).status).toBe(200);
    expect(await server.mailTo(ADMIN.email)).toHaveLength(3);
    const flooder = somebody();
    const statuses = [];
    for (let asked = 0; asked < 21; asked += 1) {
      statuses.push((await askReset(`person-${asked}@example.com`, flooder)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
  });

  it('names the configured address whatever the request claims, in a fragment [B16]', async () => {
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    await somebody().rest('POST', '/password-reset', { email: ADMIN.email }, forged);
    const [mail] = await server.mailTo(ADMIN.email);
    expect(mail).toMatch(/^http:\/\/localhost:3000\/reset#[0-9A-Za-z]{43}$/m);
    expect(mail).not.toContain('evil');
  });

  it('takes one plain address alone [B21]', async () => {
    const smuggled = [
      `${ADMIN.email},evil@example.com`,
      `${ADMIN.email} evil@example.com`,
      `${ADMIN.email}\r\nbcc: evil@example.com`,
      'admin＠example.com',
      `${ADMIN.email}\0`,
      `"${ADMIN.email}" <evil@example.com>`,
    ];
    for (const email of smuggled) expect([email, (await askReset(email)).status]).toEqual([email, 400]);
    expect((await askReset(' ADMIN@Example.com ')).status).toBe(200);
    expect(await server.mailTo(ADMIN.email)).toHaveLength(1);
    expect(await server.mailTo('evil@example.com')).toEqual([]);
  });

  it('sends whoever was invited their invitation again', async () => {
    await (await server.admin()).api.users.create.mutate({ email: ADA });
    await askReset(ADA);
    const mails = await server.mailTo(ADA);
    expect(mails.map((mail) => mail.includes('/invitation#'))).toEqual([true, true]);
  });
});

describe('signing up', () => {
  it('is closed until an admin opens it, and makes members whose address is verified', async () => {
    expect((await problemOf(somebody().api.signUp.request.mutate({ email: ADA }))).code).toBe('sign_up_closed');
    await openSignUp();
    await somebody().api.signUp.request.mutate({ email: ADA });
    const token = await server.tokenMailedTo(ADA);
    expect(await somebody().api.signUp.check.mutate({ token })).toMatchObject({ valid: true, email: ADA });
    const ada = somebody();
    const made = ada.api.signUp.complete.mutate({ token, name: 'Ada', password: NEW_PASSWORD });
    await expect(made).resolves.toMatchObject({ email: ADA, roles: ['member'] });
    expect(await ada.api.email.get.query()).toEqual({ email: ADA, verified: true });
    const again = somebody().api.signUp.complete.mutate({ token, name: 'Ada', password: NEW_PASSWORD });
    expect((await problemOf(again)).code).toBe('link_used');
  });

  it('tells nobody who has an account: the same answer, and a mail to whoever has one [P29] [V6.3.8]', async () => {
    await openSignUp();
    const answers = [];
    for (const email of [ADMIN.email, 'nobody@example.com']) {
      const { status, body, headers } = await somebody().request('POST', '/trpc/signUp.request', { email });
      answers.push(JSON.stringify({ status, body, names: Object.keys(headers).toSorted() }));
    }
    expect(answers[0]).toBe(answers[1]);
    const [mail] = await server.mailTo(ADMIN.email);
    expect(mail).toContain('It has one already.');
    expect(mail).not.toContain('#');
    expect(await server.tokenMailedTo('nobody@example.com')).toHaveLength(43);
  });

  it('stops with the sign-up: a link of before is no way around it', async () => {
    await openSignUp();
    await somebody().api.signUp.request.mutate({ email: ADA });
    const token = await server.tokenMailedTo(ADA);
    await (await server.admin()).api.settings.update.mutate({ signUpOpen: false });
    const made = somebody().api.signUp.complete.mutate({ token, name: 'Ada', password: NEW_PASSWORD });
    expect((await problemOf(made)).code).toBe('sign_up_closed');
  });

  it('takes no field that isn’t the person’s to choose [B01] [B13]', async () => {
    await openSignUp();
    await somebody().api.signUp.request.mutate({ email: ADA });
    const person = { token: await server.tokenMailedTo(ADA), name: 'Ada', password: NEW_PASSWORD };
    const extras = [
      { roles: ['admin'] },
      { id: 'acc_1' },
      { status: 'active' },
      { verified: true },
      { email: 'x@y.zz' },
    ];
    for (const extra of extras) {
      const { status } = await somebody().request('POST', '/trpc/signUp.complete', { ...person, ...extra });
      expect([extra, status]).toEqual([extra, 400]);
    }
    const { items } = await (await server.admin()).api.users.list.query({});
    expect(items.map(({ email }) => email)).toEqual([ADMIN.email]);
  });
});
