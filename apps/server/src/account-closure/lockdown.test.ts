import {
  ADMIN,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import type { ApiKeyId } from '@latchkey/schemas';
import { afterEach, describe, expect, it } from 'vitest';

let server: TestServer;
afterEach(() => server.close());

const ADA = 'ada@example.com';
const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;

/** Ada with two sessions, two keys and a token of one of them. */
async function ada() {
  const here = await server.person(ADA);
  const there = server.stranger();
  await there.signIn(ADA, ADMIN.password);
  const keys = await Promise.all(
    ['billing', 'export'].map((name) => here.api.apiKeys.create.mutate({ name, permissions: [] })),
  );
  const byKey = server.stranger().with({ 'x-api-key': keys[0]!.secret });
  const { accessToken } = await byKey.api.tokens.create.mutate({});
  const byToken = server.stranger().with({ authorization: `Bearer ${accessToken}` });
  const { id } = await here.api.me.get.query();
  return { id, here, everything: [here, there, byKey, byToken] };
}

describe.each(['SQLite', 'PostgreSQL'])('a lockdown on %s', (database) => {
  const open = async () => {
    server = await openTestServer({
      environment: database === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() },
    });
  };

  it('ends sessions, keys, tokens and the password at once, says what ended, and mails the way back', async () => {
    await open();
    const { here, everything } = await ada();
    const ended = await here.api.me.lockDown.mutate({});
    expect(ended).toMatchObject({ sessions: 2 });
    expect(ended.apiKeys.map(({ name }) => name).toSorted()).toEqual(['billing', 'export']);
    expect(await Promise.all(everything.map(isIn))).toEqual([false, false, false, false]);
    expect((await problemOf(server.stranger().signIn(ADA, ADMIN.password))).code).toBe('sign_in_failed');
    const back = { token: await server.tokenMailedTo(ADA), password: 'another good password' };
    await expect(server.stranger().api.passwordReset.complete.mutate(back)).resolves.toMatchObject({ email: ADA });
    expect(await Promise.all(everything.map(isIn))).toEqual([false, false, false, false]);
  });
});

describe('a lockdown', () => {
  it('ends passkeys: one that a thief added is no way back', async () => {
    server = await openTestServer();
    const { here } = await ada();
    const thiefs = new VirtualAuthenticator(server.publicUrl);
    const passkey = thiefs.create(await here.api.passkeys.start.mutate({}));
    await here.api.passkeys.add.mutate({ name: 'Laptop', passkey });
    await here.api.me.lockDown.mutate({});
    const thief = server.stranger();
    const signed = thiefs.get(await thief.api.signIn.askPasskey.mutate({}));
    expect((await problemOf(thief.api.signIn.passkey.mutate({ passkey: signed }))).code).toBe('passkey_failed');
  });

  it('voids links that were mailed before: whoever reads old mail has nothing', async () => {
    server = await openTestServer();
    const { here } = await ada();
    await server.stranger().api.passwordReset.request.mutate({ email: ADA });
    const reset = await server.tokenMailedTo(ADA);
    await here.api.email.askToChange.mutate({ email: 'thief@example.com' });
    const change = await server.tokenMailedTo('thief@example.com');
    await here.api.me.lockDown.mutate({});
    expect((await server.stranger().api.passwordReset.check.mutate({ token: reset })).valid).toBe(false);
    expect((await problemOf(server.stranger().api.email.change.mutate({ token: change }))).code).toBe('link_used');
  });

  it('of somebody else is for whoever may change people and holds as much as they', async () => {
    server = await openTestServer();
    const { id, everything } = await ada();
    const admin = await server.admin();
    const auditor = await server.person('auditor@example.com', ['auditor']);
    expect((await problemOf(auditor.api.users.lockDown.mutate({ id }))).code).toBe('permission_missing');
    await admin.api.roles.create.mutate({
      name: 'helper',
      description: 'x',
      permissions: ['users:write', 'api_keys:read', 'api_keys:write'],
    });
    const helper = await server.person('helper@example.com', ['helper']);
    const adminId = (await admin.api.me.get.query()).id;
    expect((await problemOf(helper.api.users.lockDown.mutate({ id: adminId }))).code).toBe('grant_exceeds_own');
    expect(await helper.api.users.lockDown.mutate({ id })).toMatchObject({ sessions: 2 });
    expect(await Promise.all(everything.map(isIn))).toEqual([false, false, false, false]);
    expect(await isIn(admin)).toBe(true);
    const { items } = await admin.api.audit.list.query({ act: 'account.locked_down' });
    expect(items).toMatchObject([{ target: { id, name: ADA }, actor: { name: 'helper@example.com' } }]);
    expect((items[0]!.details['apiKeyIds'] as ApiKeyId[]).length).toBe(2);
  });

  it('leaves keys of others alone, and those that had ended as they were', async () => {
    server = await openTestServer();
    const { here } = await ada();
    const admin = await server.admin();
    const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'admins', permissions: [] });
    const { items } = await here.api.apiKeys.list.query({});
    await here.api.apiKeys.revoke.mutate({ id: items[0]!.id });
    expect((await here.api.me.lockDown.mutate({})).apiKeys).toHaveLength(1);
    expect(await isIn(server.stranger().with({ 'x-api-key': secret }))).toBe(true);
    expect((await admin.api.apiKeys.get.query({ id: apiKey.id })).status).toBe('active');
  });
});
