import { BUILT_IN_ROLES, type ApiKeyId, type WhatCanBeCalled } from '@latchkey/schemas';
import { openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let server: TestServer;
let admin: Caller;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

const cellOf = ({ procedures }: WhatCanBeCalled, wanted: string) => {
  const { procedure: _, ...cell } = procedures.find(({ procedure }) => procedure === wanted)!;
  return cell;
};

async function serviceKey(roles: string[], permissions: ('users:read' | 'api_keys:read')[]) {
  const account = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles });
  const { apiKey } = await admin.api.apiKeys.create.mutate({ name: 'key', accountId: account.id, permissions });
  return { account, apiKey };
}

describe('what one can call', () => {
  it('is told of a person, with the credentials that will do, and what is missing', async () => {
    const { id } = await (await server.person('ada@example.com', ['member'])).api.me.get.query();
    const found = await admin.api.accessMatrix.ofAccount.query({ accountId: id });
    expect(found.holder).toEqual({
      kind: 'person',
      id,
      name: 'ada',
      active: true,
      roles: ['member'],
      permissions: [...BUILT_IN_ROLES.member.permissions],
    });
    expect(cellOf(found, 'apiKeys.list').outcome).toBe('allowed');
    expect(cellOf(found, 'apiKeys.create')).toMatchObject({
      outcome: 'credentials',
      credentials: ['session', 'access_token'],
    });
    expect(cellOf(found, 'users.list')).toMatchObject({ outcome: 'no', missing: 'users:read' });
    const { id: adminId } = await admin.api.me.get.query();
    const ofAdmin = await admin.api.accessMatrix.ofAccount.query({ accountId: adminId });
    expect(cellOf(ofAdmin, 'settings.update')).toMatchObject({ outcome: 'fresh', credentials: ['session'] });
  });

  it('is told of a key: no more than its owner’s roles allow now, and nothing that keys may not [B28]', async () => {
    const { account, apiKey } = await serviceKey(['admin'], ['users:read', 'api_keys:read']);
    const found = () => admin.api.accessMatrix.ofApiKey.query({ apiKeyId: apiKey.id });
    expect(cellOf(await found(), 'users.list').outcome).toBe('allowed');
    expect(cellOf(await found(), 'apiKeys.create')).toMatchObject({ outcome: 'no', code: 'credential_not_accepted' });
    await admin.api.serviceAccounts.update.mutate({ id: account.id, roles: ['member'] });
    expect(cellOf(await found(), 'users.list')).toMatchObject({ outcome: 'no', missing: 'users:read' });
    await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });
    const over = await found();
    expect([over.holder.active, cellOf(over, 'apiKeys.list').outcome, cellOf(over, 'server.info').outcome]).toEqual([
      false,
      'no',
      'allowed',
    ]);
  });

  it('is what its calls are answered: each cell of a key', async () => {
    const { account } = await serviceKey(['admin'], []);
    const { apiKey, secret } = await admin.api.apiKeys.create.mutate({
      name: 'auditing',
      accountId: account.id,
      permissions: ['audit:read', 'users:read'],
    });
    const bearer = server.stranger().with({ 'x-api-key': secret });
    const { procedures } = await admin.api.accessMatrix.ofApiKey.query({ apiKeyId: apiKey.id });
    const { procedures: guards } = await admin.api.accessMatrix.get.query();
    for (const { procedure, credentials, outcome } of procedures) {
      const { kind, rung } = guards.find((each) => each.procedure === procedure)!;
      const url = `/trpc/${procedure}`;
      const answer =
        kind === 'query'
          ? await bearer.request('GET', `${url}?input=${encodeURIComponent('{" ":null}')}`)
          : await bearer.request('POST', url, { ' ': null });
      const mayByKey = rung === 'open' || (outcome !== 'no' && credentials.includes('api_key'));
      expect([procedure, answer.status !== 401 && answer.status !== 403]).toEqual([procedure, mayByKey]);
    }
  });

  it('is told of those alone whom the asker may see [B12]', async () => {
    await admin.api.roles.create.mutate({ name: 'reader', description: 'Reads roles', permissions: ['roles:read'] });
    const reader = await server.person('reader@example.com', ['reader']);
    const { account, apiKey } = await serviceKey(['member'], ['api_keys:read']);
    const { id: adminId } = await admin.api.me.get.query();
    const { id: ownId } = await reader.api.me.get.query();
    for (const id of [account.id, adminId]) {
      expect((await problemOf(reader.api.accessMatrix.ofAccount.query({ accountId: id }))).code).toBe('not_found');
    }
    expect((await problemOf(reader.api.accessMatrix.ofApiKey.query({ apiKeyId: apiKey.id }))).code).toBe('not_found');
    expect((await reader.api.accessMatrix.ofAccount.query({ accountId: ownId })).holder.name).toBe('reader');
    const never = '0'.repeat(22) as ApiKeyId;
    expect((await problemOf(admin.api.accessMatrix.ofApiKey.query({ apiKeyId: never }))).code).toBe('not_found');
  });
});

describe('who can call it', () => {
  it('is told by role, with the people, service accounts and keys behind each', async () => {
    await server.person('one@example.com', ['auditor']);
    const two = await server.person('two@example.com', ['auditor']);
    await serviceKey(['auditor'], ['users:read']);
    await serviceKey(['auditor'], ['api_keys:read']);
    await two.api.apiKeys.create.mutate({ name: 'mine', permissions: ['users:read'] });
    const { items: people } = await admin.api.users.list.query({ q: 'one@' });
    await admin.api.users.update.mutate({ id: people[0]!.id, disabled: true });
    const { guard, items } = await admin.api.accessMatrix.callers.query({ procedure: 'users.list' });
    expect(guard.demands).toBe('users:read');
    const all = (count: number) => ({ count, isAll: true });
    expect(items).toMatchObject([
      { role: 'admin', outcome: 'allowed', people: all(1), serviceAccounts: all(0), apiKeys: all(0) },
      { role: 'auditor', outcome: 'allowed', people: all(1), serviceAccounts: all(2), apiKeys: all(2) },
    ]);
    const byPeople = await admin.api.accessMatrix.callers.query({ procedure: 'me.update' });
    expect(byPeople.items.find(({ role }) => role === 'auditor')).toMatchObject({
      outcome: 'credentials',
      people: all(1),
      serviceAccounts: all(0),
      apiKeys: all(0),
    });
  });

  it('is counted to a bound', async () => {
    const id = (number: number) => `acc_${String(number).padStart(22, '0')}` as never;
    const numbers = Array.from({ length: 600 }, (_, number) => number);
    await server.storage.transact(async ({ db, tables }) => {
      const person = { kind: 'person', status: 'active', createdAtMs: 1, name: 'Many' } as const;
      await db.insert(tables.accounts).values(numbers.map((number) => ({ ...person, id: id(number) })));
      await db
        .insert(tables.accountRoles)
        .values(numbers.map((number) => ({ accountId: id(number), role: 'auditor' })));
    });
    const { items } = await admin.api.accessMatrix.callers.query({ procedure: 'users.list' });
    const { people } = items.find(({ role }) => role === 'auditor')!;
    expect([people.count >= 500, people.isAll]).toEqual([true, false]);
  });

  it('comes a page at a time, roles of one’s own among them', async () => {
    for (const name of ['a-first', 'z-last']) {
      await admin.api.roles.create.mutate({ name, description: 'Reads', permissions: ['users:read'] });
    }
    const ask = (cursor?: string) =>
      admin.api.accessMatrix.callers.query({ procedure: 'users.list', limit: 2, ...(cursor && { cursor }) });
    const first = await ask();
    const second = await ask(first.nextCursor!);
    const names = [first, second].map(({ items }) => items.map(({ role }) => role));
    expect([names, second.nextCursor]).toEqual([
      [
        ['a-first', 'admin'],
        ['auditor', 'z-last'],
      ],
      null,
    ]);
  });

  it('is nobody’s question without roles:read, nor of what isn’t there', async () => {
    const member = await server.person('member@example.com');
    const asked = { procedure: 'users.list' };
    expect((await problemOf(member.api.accessMatrix.callers.query(asked))).code).toBe('permission_missing');
    const never = { procedure: 'users.steal' };
    expect((await problemOf(admin.api.accessMatrix.callers.query(never))).code).toBe('not_found');
    expect((await admin.rest('GET', '/access-matrix/procedures/users.list')).status).toBe(200);
  });
});
