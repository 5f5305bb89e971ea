import type { PermissionName, ProblemBody, Resource } from '@latchkey/schemas';
import { freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { eq } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

const AUDIENCE = 'https://notes.example.com';
const described = (...names: PermissionName[]) => names.map((name) => ({ name, description: `May ${name}.` }));
const NOTES = { name: 'Notes', audience: AUDIENCE, permissions: described('notes:read', 'notes:write') };

let server: TestServer;
let admin: Caller;

async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  admin = await server.admin();
}

const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;
const permissionsOf = async (caller: Caller) => (await caller.api.me.get.query()).permissions;
const bearing = (secret: string) => server.stranger().with({ 'x-api-key': secret });

/** A person with a custom role, and a key of a service account with that role: both hold `notes:read`. */
async function holders() {
  const permissions: PermissionName[] = ['notes:read', 'users:read', 'api_keys:verify'];
  await admin.api.roles.create.mutate({ name: 'reader', description: 'Reads', permissions });
  const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['reader'] });
  const { secret } = await admin.api.apiKeys.create.mutate({ name: 'key', accountId, permissions });
  return { person: await server.person('reader@example.com', ['reader']), key: bearing(secret), secret };
}

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`a resource on ${database}`, () => {
    it('brings its permissions to admins and its :read ones to auditors, on their next call', async () => {
      await open(await environment());
      const auditor = await server.person('auditor@example.com', ['auditor']);
      const member = await server.person('member@example.com');
      const before = await Promise.all([admin, auditor, member].map(permissionsOf));
      const notes = await admin.api.resources.create.mutate(NOTES);
      const after = await Promise.all([admin, auditor, member].map(permissionsOf));
      expect(after[0]).toEqual([...before[0]!, 'notes:read', 'notes:write']);
      expect(after[1]).toEqual([...before[1]!, 'notes:read']);
      expect(after[2]).toEqual(before[2]);
      const { items } = await admin.api.roles.list.query();
      expect(items.map(({ name }) => name)).toEqual(['admin', 'auditor', 'member']);
      expect(items[1]?.permissions).toEqual(after[1]);

      await admin.api.resources.remove.mutate({ id: notes.id });
      expect(await Promise.all([admin, auditor, member].map(permissionsOf))).toEqual(before);
    });

    it('gives its permissions to roles and keys; what leaves it, nobody holds, and nobody holds again', async () => {
      await open(await environment());
      const { id } = await admin.api.resources.create.mutate(NOTES);
      const { person, key, secret } = await holders();
      const held = ['users:read', 'api_keys:verify', 'notes:read'].toSorted();
      for (const caller of [person, key]) expect((await permissionsOf(caller)).toSorted()).toEqual(held);
      const verify = () => admin.api.apiKeys.verify.mutate({ key: secret, permission: 'notes:read' });
      expect(await verify()).toMatchObject({ valid: true, code: 'VALID' });

      const change = { id, permissions: described('notes:write') };
      expect(await problemOf(admin.api.resources.update.mutate(change))).toMatchObject({
        code: 'in_use',
        detail: expect.stringContaining('1 role and 1 API key.'),
      });
      expect(await permissionsOf(key)).toContain('notes:read');
      await admin.api.resources.update.mutate({ ...change, takeFromHolders: true });
      for (const caller of [person, key, admin]) expect(await permissionsOf(caller)).not.toContain('notes:read');
      expect(await verify()).toMatchObject({ valid: false, code: 'INSUFFICIENT_PERMISSIONS' });

      await admin.api.resources.update.mutate({ id, permissions: NOTES.permissions });
      await admin.api.users.update.mutate({ id: (await person.api.me.get.query()).id, roles: ['reader', 'auditor'] });
      for (const caller of [person, admin]) expect(await permissionsOf(caller)).toContain('notes:read');
      const accounts = await admin.api.serviceAccounts.list.query({ q: 'worker' });
      await admin.api.serviceAccounts.update.mutate({ id: accounts.items[0]!.id, roles: ['admin'] });
      expect(await permissionsOf(key)).toEqual(['api_keys:verify', 'users:read']);
    });

    it('keeps one owner for a name and an audience, whoever registers them at once', async () => {
      await open(await environment());
      const register = async (index: number): Promise<boolean> => {
        const audience = index % 2 ? `${AUDIENCE}/${index}` : AUDIENCE;
        return (await admin.rest('POST', '/resources', { ...NOTES, audience })).status === 201;
      };
      const outcomes = await Promise.all(Array.from({ length: 6 }, (_, index) => register(index)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await permissionsOf(admin)).toEqual(expect.arrayContaining(['notes:read', 'notes:write']));
      const several = Array.from({ length: 5 }, (_, index) => {
        const permissions = described(`board${index}:read`);
        return admin.api.resources.create.mutate({ name: 'x', audience: `https://b${index}.example.com`, permissions });
      });
      await Promise.all(several);
      expect((await permissionsOf(admin)).filter((each) => each.startsWith('board'))).toHaveLength(5);
    });

    it('yields a name that an update of Latchkey brings, and nobody who held it holds the new one', async () => {
      await open(await environment());
      const { id } = await admin.api.resources.create.mutate(NOTES);
      const { person, key } = await holders();
      // As if notes:read had been called metrics:read, before Latchkey had a permission of that name.
      await server.storage.transact(async ({ db, tables }) => {
        await db.update(tables.resourcePermissions).set({ name: 'metrics:read' }).where(isNotes(tables));
        await db.update(tables.apiKeyPermissions).set({ permission: 'metrics:read' });
        await db.update(tables.apiKeys).set({ permissions: ['metrics:read', 'users:read'] });
        await db.update(tables.roles).set({ permissions: ['metrics:read', 'users:read'] });
      });
      expect(await permissionsOf(key)).toContain('metrics:read');
      await server.restart();
      for (const caller of [person, key]) expect(await permissionsOf(caller)).toEqual(['users:read']);
      expect((await admin.api.resources.get.query({ id })).permissions).toEqual(described('notes:write'));
    });
  });
}

function isNotes(tables: TestServer['storage']['read']['tables']) {
  return eq(tables.resourcePermissions.name, 'notes:read');
}

describe('resources', () => {
  it('are read and written over REST by who holds the permissions, and by nobody else [B10] [B14]', async () => {
    await open();
    const member = await server.person('member@example.com');
    const auditor = await server.person('auditor@example.com', ['auditor']);
    const key = await admin.api.apiKeys.create.mutate({
      name: 'k',
      permissions: ['resources:read', 'resources:write'],
    });
    const made = await admin.rest<Resource>('POST', '/resources', NOTES);
    expect([made.status, made.body]).toEqual([201, { ...made.body, ...NOTES, builtIn: false }]);
    const path = `/resources/${made.body.id}`;
    const roads = [
      ['POST', '/resources', { ...NOTES, audience: 'https://other.example.com', permissions: [] }],
      ['PATCH', path, { name: 'Mine' }],
      ['DELETE', path, undefined],
    ] as const;
    for (const caller of [server.stranger(), member, auditor, bearing(key.secret)]) {
      for (const [method, url, body] of roads) {
        expect([401, 403]).toContain((await caller.rest(method, url, body)).status);
      }
    }
    expect((await member.rest('GET', path)).status).toBe(403);
    for (const caller of [auditor, bearing(key.secret)]) {
      const { body } = await caller.rest<{ items: Resource[] }>('GET', '/resources');
      expect(body.items.map(({ name, builtIn }) => [name, builtIn])).toEqual([
        ['Latchkey', true],
        ['Notes', false],
      ]);
      expect((await caller.rest('GET', path)).body).toEqual(made.body);
    }
    expect((await admin.rest('PATCH', path, { name: 'Notes 2' })).body).toMatchObject({ name: 'Notes 2' });
    expect((await admin.rest('DELETE', path)).status).toBe(204);
    expect((await admin.rest('GET', path)).status).toBe(404);
    const { items } = await admin.api.audit.list.query({ targetId: made.body.id });
    expect(items.map(({ act }) => act)).toEqual(['resource.removed', 'resource.changed', 'resource.created']);
  });

  it('tell everybody what there is to hold, with sentences', async () => {
    await open();
    await admin.api.resources.create.mutate(NOTES);
    const member = await server.person('member@example.com');
    const { body } = await member.rest<{ items: Resource[] }>('GET', '/permissions');
    expect(body.items.map(({ name }) => name)).toEqual(['Latchkey', 'Notes']);
    expect(body.items[1]).toEqual({
      id: expect.stringMatching(/^res_/),
      name: 'Notes',
      permissions: NOTES.permissions,
    });
    expect((await server.stranger().rest('GET', '/permissions')).status).toBe(401);
  });

  it('never take a name or an address of Latchkey, nor of each other', async () => {
    await open();
    const { id } = await admin.api.resources.create.mutate(NOTES);
    const refused = async (input: object) => {
      const { status, body } = await admin.rest<ProblemBody>('POST', '/resources', { name: 'x', ...input });
      return [status, body.code, body.issues?.[0]?.path];
    };
    const elsewhere = 'https://other.example.com';
    const taken = [409, 'name_taken', undefined];
    expect(await refused({ audience: elsewhere, permissions: described('users:read') })).toEqual(taken);
    expect(await refused({ audience: elsewhere, permissions: described('notes:read') })).toEqual(taken);
    const atAudience = [400, 'input_invalid', 'audience'];
    for (const audience of [server.publicUrl, `${server.publicUrl}/`, AUDIENCE, 'HTTPS://Notes.example.com:443/']) {
      expect([audience, await refused({ audience })]).toEqual([audience, atAudience]);
    }
    for (const audience of ['notes', 'ftp://x.example', 'https://x.example/#a', 'https://u:p@x.example', 'urn:x:y']) {
      expect([audience, await refused({ audience })]).toEqual([audience, atAudience]);
    }
    for (const name of ['Notes:read', 'notes', 'notes:', ':read', 'a:b:c', 'notes read', `n:${'x'.repeat(60)}`]) {
      const { body } = await admin.rest<ProblemBody>('POST', '/resources', {
        name: 'x',
        audience: elsewhere,
        permissions: [{ name, description: 'x' }],
      });
      expect([name, body.code]).toEqual([name, 'input_invalid']);
    }
    const other = await admin.api.resources.create.mutate({ name: 'Other', audience: elsewhere });
    const steal = { id: other.id, permissions: described('notes:read'), takeFromHolders: true };
    expect(await codeOf(admin.api.resources.update.mutate(steal))).toBe('name_taken');
    expect(await codeOf(admin.api.resources.update.mutate({ id: other.id, audience: AUDIENCE }))).toBe('input_invalid');
    expect((await admin.api.resources.get.query({ id })).permissions).toEqual(NOTES.permissions);
  });

  it('take nothing from a key by asking for a name that another resource has', async () => {
    await open();
    await admin.api.resources.create.mutate(NOTES);
    const { key } = await holders();
    const thief = { name: 'x', audience: 'https://thief.example.com', permissions: described('notes:read') };
    expect(await codeOf(admin.api.resources.create.mutate(thief))).toBe('name_taken');
    expect(await permissionsOf(key)).toContain('notes:read');
  });

  it('list Latchkey as it is, and nobody changes it there', async () => {
    await open();
    const [latchkey] = (await admin.api.resources.list.query()).items;
    expect(latchkey).toMatchObject({ name: 'Latchkey', audience: server.publicUrl, builtIn: true });
    const { id } = latchkey!;
    expect(await admin.api.resources.get.query({ id })).toEqual(latchkey);
    expect(await codeOf(admin.api.resources.update.mutate({ id, name: 'Mine' }))).toBe('state_conflict');
    expect(await codeOf(admin.api.resources.remove.mutate({ id, takeFromHolders: true }))).toBe('state_conflict');
  });

  it('leave no name behind that roles or keys could be given', async () => {
    await open();
    const role = { name: 'x', description: 'x', permissions: ['nobody:read' as const] };
    expect(await codeOf(admin.api.roles.create.mutate(role))).toBe('grant_exceeds_own');
    const command = { kind: 'system', name: 'command line', from: { requestId: null, address: null, userAgent: '' } };
    const { roles } = server.services;
    await expect(roles.create(command as never, role)).rejects.toMatchObject({ code: 'input_invalid' });
    expect((await admin.api.roles.list.query()).items).toHaveLength(3);
  });
});
