import { setTimeout as sleep } from 'node:timers/promises';

import { ADMIN, freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * SQLite has one writer, so acts come one after the other. On PostgreSQL they run side by side: here one is held up in its
 * middle, at its audit entry, while another begins.
 */

const NEW_PASSWORD = 'another good password';
const POLL_MS = 10;

let server: TestServer;
let admin: Caller;
let holder: pg.Client;
let watcher: pg.Client;
beforeAll(async () => {
  const url = await freshPostgresUrl();
  server = await openTestServer({ environment: { DATABASE_URL: url } });
  admin = await server.admin();
  // A transaction sees who waits only as it was at its first look.
  [holder, watcher] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([holder.connect(), watcher.connect()]);
});
afterAll(async () => {
  await Promise.all([holder.end(), watcher.end()]);
  await server.close();
});

/** Waits until so many of the server's transactions wait for a lock. */
async function untilBlocked(count: number): Promise<void> {
  const text = `select count(*)::int as blocked from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    const { rows } = await watcher.query<{ blocked: number }>(text);
    if ((rows[0]?.blocked ?? 0) >= count) return;
    await sleep(POLL_MS);
  }
}

/** Lets `first` go as far as its audit entry, then `second` as far as it gets, then both to their ends. */
async function interleaved<First, Second>(
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<[PromiseSettledResult<First>, PromiseSettledResult<Second>]> {
  await holder.query('begin');
  await holder.query('select * from audit_head for update');
  const one = first();
  await untilBlocked(1);
  const other = second();
  const both = Promise.allSettled([one, other]);
  await untilBlocked(2);
  await holder.query('commit');
  return both;
}

async function makePerson(email: string): Promise<{ person: Caller; id: Awaited<ReturnType<typeof idOf>> }> {
  const person = await server.person(email);
  return { person, id: await idOf(person) };
}

const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;

async function codeOf(result: PromiseSettledResult<unknown>): Promise<string> {
  return result.status === 'fulfilled' ? 'done' : (await problemOf(Promise.reject(result.reason))).code;
}

const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;

describe('a session that begins while', () => {
  it('its password is changed doesn’t outlive the old one [B18]', async () => {
    const { person } = await makePerson('changer@example.com');
    const other = server.stranger();
    const change = { currentPassword: ADMIN.password, newPassword: NEW_PASSWORD };
    const [changed, signedIn] = await interleaved(
      () => person.api.me.changePassword.mutate(change),
      () => other.signIn('changer@example.com', ADMIN.password),
    );
    expect([await codeOf(changed), await codeOf(signedIn)]).toEqual(['done', 'sign_in_failed']);
    expect([await isIn(person), await isIn(other)]).toEqual([true, false]);
  });

  it('the other way round, is ended by the change', async () => {
    const { person } = await makePerson('changer-2@example.com');
    const other = server.stranger();
    const change = { currentPassword: ADMIN.password, newPassword: NEW_PASSWORD };
    const [signedIn, changed] = await interleaved(
      () => other.signIn('changer-2@example.com', ADMIN.password),
      () => person.api.me.changePassword.mutate(change),
    );
    expect([await codeOf(signedIn), await codeOf(changed)]).toEqual(['done', 'done']);
    expect([await isIn(person), await isIn(other)]).toEqual([true, false]);
  });

  it('its account is disabled isn’t there when the account is enabled again [B18] [V7.4.2]', async () => {
    const { id } = await makePerson('disabled@example.com');
    const other = server.stranger();
    const [disabled, signedIn] = await interleaved(
      () => admin.api.users.update.mutate({ id, disabled: true }),
      () => other.signIn('disabled@example.com', ADMIN.password),
    );
    expect([await codeOf(disabled), await codeOf(signedIn)]).toEqual(['done', 'sign_in_failed']);
    await admin.api.users.update.mutate({ id, disabled: false });
    expect(await isIn(other)).toBe(false);
  });
});

describe('a password that is being changed', () => {
  it('is not changed again by somebody who knew the one before', async () => {
    const { person } = await makePerson('changer-3@example.com');
    const other = server.stranger();
    await other.signIn('changer-3@example.com', ADMIN.password);
    const changeTo = (newPassword: string) => ({ currentPassword: ADMIN.password, newPassword });
    const [first, second] = await interleaved(
      () => person.api.me.changePassword.mutate(changeTo(NEW_PASSWORD)),
      () => other.api.me.changePassword.mutate(changeTo('a thief’s password')),
    );
    expect([await codeOf(first), await codeOf(second)]).toEqual(['done', 'sign_in_failed']);
    await expect(server.stranger().signIn('changer-3@example.com', NEW_PASSWORD)).resolves.toBeTruthy();
  });
});

describe('an invitation that is accepted while', () => {
  const invite = async (email: string) => {
    const { user, invitationLink } = await admin.api.users.create.mutate({ email });
    const token = invitationLink?.split('#')[1] ?? '';
    const other = server.stranger();
    const accept = () => other.api.invitations.accept.mutate({ token, name: 'New', password: NEW_PASSWORD });
    return { id: user.id, other, accept };
  };

  it('its account is disabled lets nobody in, and leaves it disabled', async () => {
    const { id, other, accept } = await invite('invited@example.com');
    const disable = () => admin.api.users.update.mutate({ id, disabled: true });
    const [disabled, accepted] = await interleaved(disable, accept);
    expect([await codeOf(disabled), await codeOf(accepted)]).toEqual(['done', 'link_used']);
    expect((await admin.api.users.get.query({ id })).status).toBe('disabled');
    expect(await isIn(other)).toBe(false);
  });

  it('the other way round, is in, and thrown out', async () => {
    const { id, other, accept } = await invite('invited-2@example.com');
    const disable = () => admin.api.users.update.mutate({ id, disabled: true });
    const [accepted, disabled] = await interleaved(accept, disable);
    expect([await codeOf(accepted), await codeOf(disabled)]).toEqual(['done', 'done']);
    expect((await admin.api.users.get.query({ id })).status).toBe('disabled');
    expect(await isIn(other)).toBe(false);
    await admin.api.users.update.mutate({ id, disabled: false });
    expect((await admin.api.users.get.query({ id })).status).toBe('active');
    expect(await isIn(other)).toBe(false);
  });
});

describe('a person who is made an admin while', () => {
  it('a helper disables them is not disabled by one who holds less', async () => {
    const permissions = ['users:read', 'users:write', 'api_keys:read', 'api_keys:write'] as const;
    await admin.api.roles.create.mutate({ name: 'helper', description: 'Helps', permissions: [...permissions] });
    const helper = await server.person('helper@example.com', ['helper']);
    const { id } = await makePerson('promoted@example.com');
    const [promoted, disabled] = await interleaved(
      () => admin.api.users.update.mutate({ id, roles: ['admin'] }),
      () => helper.api.users.update.mutate({ id, disabled: true }),
    );
    expect([await codeOf(promoted), await codeOf(disabled)]).toEqual(['done', 'grant_exceeds_own']);
    expect(await admin.api.users.get.query({ id })).toMatchObject({ status: 'active', roles: ['admin'] });
  });
});
