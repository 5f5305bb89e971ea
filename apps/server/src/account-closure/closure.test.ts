import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { verifyChain } from '../audit/index.ts';
import { HOUR_MS } from '../time/index.ts';

const ADA = 'ada@example.com';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
afterEach(() => server.close());

const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;
const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;

/** Every row of every table but the audit's, as text. */
async function everythingKept(): Promise<string> {
  const { db, tables } = server.storage.read;
  const { auditEntries: _, ...others } = tables;
  const rows = await Promise.all(
    Object.values(others).map(async (table): Promise<object[]> => db.select().from(table)),
  );
  return JSON.stringify(rows);
}

describe('a closed account', () => {
  it('opens by nothing that it had, and nothing is kept of the person outside the audit', async () => {
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    await ada.api.me.update.mutate({ name: 'Ada Lovelace' });
    const { secret } = await ada.api.apiKeys.create.mutate({ name: 'key', permissions: [] });
    await ada.api.me.close.mutate({});
    expect(await isIn(ada)).toBe(false);
    expect(await isIn(server.stranger().with({ 'x-api-key': secret }))).toBe(false);
    expect((await problemOf(server.stranger().signIn(ADA, ADMIN.password))).code).toBe('sign_in_failed');
    await server.stranger().api.passwordReset.request.mutate({ email: ADA });
    expect((await server.mailTo(ADA)).filter((mail) => mail.includes('/reset#'))).toEqual([]);
    const kept = await everythingKept();
    expect(kept).toContain(id);
    for (const word of [ADA, 'Lovelace']) expect([word, kept.includes(word)]).toEqual([word, false]);
    expect(await verifyChain(server.storage.read)).toBeNull();
  });

  it('is told to its owner, is in no list, can’t be changed, and leaves its address free', async () => {
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    const admin = await server.admin();
    await admin.api.users.close.mutate({ id });
    expect((await server.mailTo(ADA)).at(-1)).toContain('was closed');
    expect((await admin.api.users.list.query({})).items.map(({ email }) => email)).toEqual([ADMIN.email]);
    for (const call of [
      admin.api.users.get.query({ id }),
      admin.api.users.update.mutate({ id, disabled: false }),
      admin.api.users.close.mutate({ id }),
    ])
      expect((await problemOf(call)).code).toBe('not_found');
    await expect(server.person(ADA)).resolves.toBeTruthy();
  });

  it('isn’t the last admin’s, nor closed from a session that was left open, nor by whoever holds less', async () => {
    const admin = await server.admin();
    expect((await problemOf(admin.api.me.close.mutate({}))).code).toBe('last_admin');
    expect(await isIn(admin)).toBe(true);
    const ada = await server.person(ADA);
    const auditor = await server.person('auditor@example.com', ['auditor']);
    const id = await idOf(ada);
    expect((await problemOf(auditor.api.users.close.mutate({ id }))).code).toBe('permission_missing');
    server.clock.advance(HOUR_MS);
    expect((await problemOf(ada.api.me.close.mutate({}))).code).toBe('fresh_sign_in_needed');
  });
});

describe('the data of an account', () => {
  it('is all that is kept of the person, and nothing that opens the account', async () => {
    const ada = await server.person(ADA);
    const { secret } = await ada.api.apiKeys.create.mutate({ name: 'billing', permissions: [] });
    const data = await ada.api.me.export.mutate({});
    expect(data).toMatchObject({
      account: { email: ADA, roles: ['member'] },
      sessions: [{ address: '127.0.0.1' }],
      devices: [{ network: '127.0.0.1' }],
      apiKeys: [{ name: 'billing' }],
    });
    const acts = data.activity.map(({ act }) => act);
    expect(acts).toEqual(['account.exported', 'api_key.created', 'session.created', 'account.created']);
    const text = JSON.stringify(data);
    for (const hidden of ['argon2', secret.split('_')[2]!, ada.cookie!]) expect(text.includes(hidden)).toBe(false);
  });

  it('is given to an admin for the person, as an act, and to nobody else', async () => {
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    const admin = await server.admin();
    expect((await admin.api.users.export.mutate({ id })).account.email).toBe(ADA);
    expect((await admin.api.audit.list.query({ act: 'account.exported' })).items).toMatchObject([{ target: { id } }]);
    const other = await server.person('other@example.com');
    expect((await problemOf(other.api.users.export.mutate({ id }))).code).toBe('permission_missing');
  });
});
