import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import type { Me, ProblemBody } from '@latchkey/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
afterEach(() => server.close());

const signIn = (caller: Caller, email: string, password: string) =>
  caller.rest<Me & ProblemBody>('POST', '/session', { email, password });

async function auditActs(act: 'sign_in.failed' | 'sign_in.limited') {
  return (await (await server.admin()).api.audit.list.query({ act, limit: 100 })).items;
}

describe('signing in', () => {
  it('answers who one is and sets a cookie that script can’t read', async () => {
    const caller = server.stranger();
    const { status, body, headers } = await signIn(caller, ' Admin@Example.com ', ADMIN.password);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'person',
      email: ADMIN.email,
      roles: ['admin'],
      credential: { kind: 'session' },
    });
    const [cookie, device, ...others] = headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^__Host-latchkey=\S+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/);
    expect(cookie?.length).toBeLessThan(4096);
    expect(device).toMatch(
      /^__Host-latchkey-device=[0-9A-Za-z]{43}; Path=\/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(others).toEqual([]);
    expect((await caller.rest<Me>('GET', '/me')).body).toEqual(body);
  });

  it('goes on where the server’s clock was set back by 29 days, and where it is right again', async () => {
    const before = await server.admin();
    for (const days of [-29, 29]) {
      server.clock.advance(days * DAY_MS);
      const caller = server.stranger();
      expect((await signIn(caller, ADMIN.email, ADMIN.password)).status).toBe(200);
      expect([(await caller.rest('GET', '/me')).status, (await before.rest('GET', '/me')).status]).toEqual([200, 200]);
    }
  });

  it('says the same to a wrong password, an unknown account, a disabled and an invited one, and hashes each time', async () => {
    const admin = await server.admin();
    await admin.api.users.create.mutate({ email: 'invited@example.com' });
    const { user } = await admin.api.users.create.mutate({ email: 'off@example.com', password: ADMIN.password });
    await admin.api.users.update.mutate({ id: user.id, disabled: true });
    const hashed = server.passwords.verifications;
    const offers: [email: string, password: string][] = [
      [ADMIN.email, 'wrong'],
      ['nobody@example.com', 'wrong'],
      ['not an address', 'wrong'],
      ['invited@example.com', 'wrong'],
      ['off@example.com', ADMIN.password],
      ['off@example.com', 'x'.repeat(4096)],
    ];
    for (const [email, password] of offers) {
      const { status, body, headers } = await signIn(server.stranger(), email, password);
      expect({ status, code: body.code, detail: body.detail, cookie: headers['set-cookie'] }).toEqual({
        status: 401,
        code: 'sign_in_failed',
        detail: "That email and password don't match.",
        cookie: undefined,
      });
    }
    expect(server.passwords.verifications - hashed).toBe(offers.length);
    expect(await auditActs('sign_in.failed')).toHaveLength(offers.length);
  });

  it('is slowed down after ten wrong guesses, which are counted though they failed [B24]', async () => {
    const guesser = server.stranger();
    for (let guess = 1; guess <= 10; guess += 1) {
      expect((await signIn(guesser, ADMIN.email, `guess ${guess}`)).status).toBe(401);
    }
    const limited = await signIn(guesser, ADMIN.email, ADMIN.password);
    expect(limited.body).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(limited.body.retryAfterSeconds).toBe(Number(limited.headers['retry-after']));

    const elsewhere = server.stranger();
    elsewhere.remoteAddress = '192.0.2.7';
    expect((await signIn(elsewhere, ADMIN.email, ADMIN.password)).status).toBe(200);
    server.clock.advance(MINUTE_MS + 1);
    expect((await signIn(guesser, ADMIN.email, ADMIN.password)).status).toBe(200);
  });

  it('remembers its limits through a restart', async () => {
    for (let guess = 1; guess <= 10; guess += 1) await signIn(server.stranger(), ADMIN.email, 'wrong');
    await server.restart();
    expect((await signIn(server.stranger(), ADMIN.email, ADMIN.password)).status).toBe(429);
  });

  it('counts guesses exactly when they come at once [B24]', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => signIn(server.stranger(), ADMIN.email, 'wrong')),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  it('limits every sign-in of a batch [B26]', async () => {
    const caller = server.stranger();
    const batch = (size: number) => {
      const paths = Array.from({ length: size }, () => 'signIn.password').join(',');
      const inputs = Object.fromEntries(
        Array.from({ length: size }, (_, index) => [index, { email: ADMIN.email, password: `guess ${index}` }]),
      );
      return caller.request<{ error: { data: { problem: ProblemBody } } }[]>('POST', `/trpc/${paths}?batch=1`, inputs);
    };
    expect((await batch(50)).status).toBe(400);
    const codes = [];
    for (let round = 0; round < 5; round += 1) {
      const { body } = await batch(10);
      codes.push(...body.map(({ error }) => error.data.problem.code));
    }
    expect(codes.filter((code) => code === 'sign_in_failed')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(40);
  });

  it('takes all spellings of a network for one [B03]', async () => {
    const spellings = ['2001:db8:1:2::1', '2001:DB8:1:2:0:0:0:2', '2001:0db8:0001:0002:ffff::3'];
    for (let guess = 0; guess < 10; guess += 1) {
      const caller = server.stranger();
      caller.remoteAddress = spellings[guess % spellings.length] ?? '';
      await signIn(caller, ADMIN.email, 'wrong');
    }
    const caller = server.stranger();
    caller.remoteAddress = '2001:db8:1:2:3:4:5:6';
    expect((await signIn(caller, ADMIN.email, ADMIN.password)).status).toBe(429);
  });

  it('gives a forged X-Forwarded-For no fresh count, and never records it [B16] [P21]', async () => {
    for (let guess = 0; guess < 10; guess += 1) {
      const forged = {
        'x-forwarded-for': `198.51.100.${guess}`,
        'x-real-ip': `198.51.100.${guess}`,
        forwarded: `for=198.51.100.${guess}`,
      };
      await server.stranger().rest('POST', '/session', { email: ADMIN.email, password: 'wrong' }, forged);
    }
    expect((await signIn(server.stranger(), ADMIN.email, ADMIN.password)).status).toBe(429);
    server.clock.advance(HOUR_MS);
    const addresses = (await auditActs('sign_in.failed')).map(({ address }) => address);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  });

  it('takes one plain address alone [B21]', async () => {
    const admin = await server.admin();
    const smuggled = [
      'admin@example.com,evil@example.com',
      'admin＠example.com',
      'admin@example.com\r\nbcc: x@y.z',
      'admin@example.com\0',
      'аdmin@example.com',
      'a@b@c.de',
      '@example.com',
      'x@',
      'ADMIN@EXAMPLE.COM@evil.com',
    ];
    for (const email of smuggled) {
      const problem = await problemOf(admin.api.users.create.mutate({ email, password: ADMIN.password }));
      expect([email, problem.code]).toEqual([email, 'input_invalid']);
      expect((await signIn(server.stranger(), email, ADMIN.password)).status).toBe(401);
    }
    const taken = await problemOf(admin.api.users.create.mutate({ email: 'ADMIN@Example.COM' }));
    expect(taken.code).toBe('email_taken');
  });
});

describe('a link that works once', () => {
  const invite = async () => {
    const { invitationLink } = await (await server.admin()).api.users.create.mutate({ email: 'new@example.com' });
    return invitationLink?.split('#')[1] ?? '';
  };

  it('lets one of twenty parallel uses in [B15]', async () => {
    const token = await invite();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.stranger().request<{ error?: { data: { problem: ProblemBody } } }>('POST', '/trpc/invitations.accept', {
          token,
          name: 'New',
          password: 'a good password',
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.data.problem.code === 'link_used')).toHaveLength(19);
    expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).toHaveLength(1);
  });

  it('still works after a use that failed, and not after one that did not [B15]', async () => {
    const token = await invite();
    const use = (password: string) => server.stranger().api.invitations.accept.mutate({ token, name: 'New', password });
    expect((await problemOf(use('short'))).code).toBe('input_invalid');
    await expect(use('a good password')).resolves.toMatchObject({ email: 'new@example.com', roles: ['member'] });
    expect((await problemOf(use('a good password'))).code).toBe('link_used');
    expect(await server.stranger().api.invitations.check.mutate({ token })).toMatchObject({ valid: false });
  });

  it('expires, and is void once a newer one is sent or the account is disabled', async () => {
    const admin = await server.admin();
    const old = await invite();
    const { items } = await admin.api.users.list.query({ q: 'new@' });
    const id = items[0]!.id;
    const { invitationLink } = await admin.api.users.resendInvitation.mutate({ id });
    const check = async (token: string) => (await server.stranger().api.invitations.check.mutate({ token })).valid;
    const newer = invitationLink?.split('#')[1] ?? '';
    expect([await check(old), await check(newer)]).toEqual([false, true]);
    await admin.api.users.update.mutate({ id, disabled: true });
    expect(await check(newer)).toBe(false);
    await admin.api.users.update.mutate({ id, disabled: false });
    expect(await check(newer)).toBe(true);
    server.clock.advance(8 * 24 * HOUR_MS);
    expect(await check(newer)).toBe(false);
  });

  it('opens the set-up only while nobody is there', async () => {
    const link = await server.services.signIn.issueSetupLink();
    const token = link.split('#')[1] ?? '';
    expect(link).toMatch(/^http:\/\/localhost:3000\/setup#[0-9A-Za-z]{43}$/);
    expect((await server.stranger().api.setup.check.mutate({ token })).valid).toBe(false);
    const late = server
      .stranger()
      .api.setup.complete.mutate({ token, email: 'x@y.zz', name: 'X', password: ADMIN.password });
    expect((await problemOf(late)).code).toBe('link_used');
  });

  it('names the configured host whatever the request claims [B16]', async () => {
    const admin = await server.admin();
    const { body } = await admin.rest<{ invitationLink: string }>(
      'POST',
      '/users',
      { email: 'far@example.com' },
      {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
      },
    );
    expect(body.invitationLink).toMatch(/^http:\/\/localhost:3000\/invitation#/);
  });
});

describe('a password', () => {
  it('is changed with the current one, and ends the other sessions', async () => {
    const here = await server.admin();
    const there = await server.admin();
    const wrong = here.api.me.changePassword.mutate({ currentPassword: 'wrong', newPassword: 'a new password' });
    expect((await problemOf(wrong)).code).toBe('sign_in_failed');
    const changed = await here.api.me.changePassword.mutate({
      currentPassword: ADMIN.password,
      newPassword: 'a new password',
    });
    expect(changed.ended).toBe(1);
    expect((await here.rest('GET', '/me')).status).toBe(200);
    expect((await there.rest<ProblemBody>('GET', '/me')).body.code).toBe('session_ended');
    expect((await signIn(server.stranger(), ADMIN.email, ADMIN.password)).status).toBe(401);
    expect((await signIn(server.stranger(), ADMIN.email, 'a new password')).status).toBe(200);
  });

  it('that is confirmed gives the session another id; the one before is over, and takes no cookie with it [V7.2.4]', async () => {
    const admin = await server.admin();
    const before = server.stranger();
    before.cookie = admin.cookie;
    const { accessToken } = await admin.api.tokens.create.mutate({ ttlSeconds: 900 });
    const idOf = async () => (await admin.api.me.get.query()).credential.id;
    const idBefore = await idOf();
    await admin.api.session.confirm.mutate({ password: ADMIN.password });
    expect(await idOf()).not.toBe(idBefore);
    const answer = await before.rest<ProblemBody>('GET', '/me');
    // A call that was under way must not take away the cookie that the confirmation has just set.
    expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([401, 'session_ended', undefined]);
    server.clock.advance(6 * MINUTE_MS);
    expect((await before.rest('GET', '/me')).status).toBe(401);
    expect((await admin.rest('GET', '/me')).status).toBe(200);
    const token = server.stranger().with({ authorization: `Bearer ${accessToken}` });
    expect((await token.rest('GET', '/me')).status).toBe(401);
    expect((await admin.api.sessions.list.query()).items).toMatchObject([{ id: await idOf(), current: true }]);
  });

  it('is asked for again where a guard wants a fresh proof', async () => {
    const admin = await server.admin();
    server.clock.advance(HOUR_MS);
    const change = () => admin.api.settings.update.mutate({ signUpOpen: true });
    expect((await problemOf(change())).code).toBe('fresh_sign_in_needed');
    expect((await problemOf(admin.api.session.confirm.mutate({ password: 'wrong' }))).code).toBe('sign_in_failed');
    await admin.api.session.confirm.mutate({ password: ADMIN.password });
    await expect(change()).resolves.toMatchObject({ signUpOpen: true });
  });
});
