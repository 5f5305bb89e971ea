import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS } from '../time/index.ts';

const OLD = 'ada@example.com';
const NEW = 'ada@elsewhere.example';

let server: TestServer;
let ada: Caller;
beforeEach(async () => {
  server = await openTestServer();
  ada = await server.person(OLD);
});
afterEach(() => server.close());

const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;

async function changeAddress(): Promise<void> {
  await ada.api.email.askToChange.mutate({ email: NEW });
  await server.stranger().api.email.change.mutate({ token: await server.tokenMailedTo(NEW) });
}

async function acts(): Promise<string[]> {
  const { items } = await (await server.admin()).api.audit.list.query({ limit: 100 });
  return items.map(({ act }) => act).filter((act) => act.startsWith('account.email'));
}

describe('an address', () => {
  it('is verified by the link that was mailed to it, once, within a day', async () => {
    expect(await ada.api.email.get.query()).toEqual({ email: OLD, verified: false });
    await ada.api.email.askToVerify.mutate({});
    const token = await server.tokenMailedTo(OLD);
    expect(await server.stranger().api.email.verify.mutate({ token })).toEqual({ email: OLD });
    expect(await ada.api.email.get.query()).toEqual({ email: OLD, verified: true });
    expect((await problemOf(server.stranger().api.email.verify.mutate({ token }))).code).toBe('link_used');
    await ada.api.email.askToVerify.mutate({});
    const late = await server.tokenMailedTo(OLD);
    server.clock.advance(DAY_MS);
    expect((await problemOf(server.stranger().api.email.verify.mutate({ token: late }))).code).toBe('link_used');
  });

  it('changes when the link at the new one is used, and not before; the old one is told', async () => {
    await ada.api.email.askToChange.mutate({ email: NEW });
    expect((await ada.api.email.get.query()).email).toBe(OLD);
    const token = await server.tokenMailedTo(NEW);
    expect(await server.stranger().api.email.change.mutate({ token })).toEqual({ email: NEW });
    expect(await ada.api.email.get.query()).toEqual({ email: NEW, verified: true });
    await expect(server.stranger().signIn(NEW, ADMIN.password)).resolves.toMatchObject({ email: NEW });
    expect((await problemOf(server.stranger().signIn(OLD, ADMIN.password))).code).toBe('sign_in_failed');
    expect((await server.mailTo(OLD)).at(-1)).toContain(`now has the address ${NEW}`);
    expect(await acts()).toEqual(['account.email_changed', 'account.email_change_asked']);
  });

  it.each(['changed', 'reset'])('isn’t changed by a link from before the password was %s', async (how) => {
    await ada.api.email.askToChange.mutate({ email: NEW });
    const token = await server.tokenMailedTo(NEW);
    if (how === 'changed') {
      const passwords = { currentPassword: ADMIN.password, newPassword: 'another good password' };
      await ada.api.me.changePassword.mutate(passwords);
    } else {
      await server.stranger().api.passwordReset.request.mutate({ email: OLD });
      const reset = { token: await server.tokenMailedTo(OLD), password: 'another good password' };
      await server.stranger().api.passwordReset.complete.mutate(reset);
    }
    expect((await problemOf(server.stranger().api.email.change.mutate({ token }))).code).toBe('link_used');
  });

  it('isn’t changed from a session that was left open', async () => {
    server.clock.advance(HOUR_MS);
    const problem = await problemOf(ada.api.email.askToChange.mutate({ email: NEW }));
    expect(problem.code).toBe('fresh_sign_in_needed');
    expect(await server.mailTo(NEW)).toEqual([]);
  });

  it('is taken back from the old one within seven days: sessions and password end, and a new one is chosen by mail', async () => {
    await changeAddress();
    const thief = server.stranger();
    await thief.signIn(NEW, ADMIN.password);
    server.clock.advance(6 * DAY_MS);
    const token = await server.tokenMailedTo(OLD);
    expect(await server.stranger().api.email.takeBack.mutate({ token })).toEqual({ email: OLD });
    expect([await isIn(ada), await isIn(thief)]).toEqual([false, false]);
    for (const email of [OLD, NEW])
      expect((await problemOf(server.stranger().signIn(email, ADMIN.password))).code).toBe('sign_in_failed');
    const reset = { token: await server.tokenMailedTo(OLD), password: 'another good password' };
    await expect(server.stranger().api.passwordReset.complete.mutate(reset)).resolves.toMatchObject({ email: OLD });
    expect((await problemOf(server.stranger().api.email.takeBack.mutate({ token }))).code).toBe('link_used');
  });

  it('is taken back from the first one of several, and by nobody who had one of the later ones', async () => {
    const move = async (caller: Caller, to: string) => {
      await caller.api.email.askToChange.mutate({ email: to });
      await server.stranger().api.email.change.mutate({ token: await server.tokenMailedTo(to) });
      server.clock.advance(HOUR_MS);
    };
    await move(ada, NEW);
    const thief = server.stranger();
    await thief.signIn(NEW, ADMIN.password);
    await move(thief, 'thief@elsewhere.example');
    const first = await server.tokenMailedTo(OLD);
    const later = await server.tokenMailedTo(NEW);
    const takeBack = (token: string) => server.stranger().api.email.takeBack.mutate({ token });
    expect(await takeBack(first)).toEqual({ email: OLD });
    expect((await problemOf(takeBack(later))).code).toBe('link_used');
  });

  it('is still taken back from the first one after a later one was', async () => {
    await changeAddress();
    const first = await server.tokenMailedTo(OLD);
    server.clock.advance(HOUR_MS);
    const thief = server.stranger();
    await thief.signIn(NEW, ADMIN.password);
    await thief.api.email.askToChange.mutate({ email: 'thief@elsewhere.example' });
    const token = await server.tokenMailedTo('thief@elsewhere.example');
    await server.stranger().api.email.change.mutate({ token });
    const takeBack = (link: string) => server.stranger().api.email.takeBack.mutate({ token: link });
    expect(await takeBack(await server.tokenMailedTo(NEW))).toEqual({ email: NEW });
    expect(await takeBack(first)).toEqual({ email: OLD });
  });

  it('is taken back with everything that the thief could have made: keys end as well', async () => {
    await changeAddress();
    const thief = server.stranger();
    await thief.signIn(NEW, ADMIN.password);
    const { secret } = await thief.api.apiKeys.create.mutate({ name: 'mine now', permissions: [] });
    const byKey = server.stranger().with({ 'x-api-key': secret });
    expect(await isIn(byKey)).toBe(true);
    await server.stranger().api.email.takeBack.mutate({ token: await server.tokenMailedTo(OLD) });
    expect(await isIn(byKey)).toBe(false);
  });

  it('voids what was mailed to the other one: a reset link there is of no more use', async () => {
    await server.stranger().api.passwordReset.request.mutate({ email: OLD });
    const token = await server.tokenMailedTo(OLD);
    await changeAddress();
    expect((await server.stranger().api.passwordReset.check.mutate({ token })).valid).toBe(false);
  });

  it('of somebody else can’t be had, and nobody learns that it is one; of two who want it, one gets it', async () => {
    const bob = await server.person('bob@example.com');
    await ada.api.email.askToChange.mutate({ email: 'bob@example.com' });
    expect((await server.mailTo('bob@example.com')).at(-1)).toContain('It has one already.');
    await ada.api.email.askToChange.mutate({ email: NEW });
    const adas = await server.tokenMailedTo(NEW);
    await bob.api.email.askToChange.mutate({ email: NEW });
    const bobs = await server.tokenMailedTo(NEW);
    const use = (token: string) => server.stranger().request('POST', '/trpc/email.change', { token });
    const answers = await Promise.all([use(adas), use(bobs)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });
});
