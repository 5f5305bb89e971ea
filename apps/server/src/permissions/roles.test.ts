import type { PermissionName, Role, RoleHolder } from '@latchkey/schemas';
import { freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

const NOBODY = { people: 0, serviceAccounts: 0, apiKeys: 0 };

let server: TestServer;
let admin: Caller;

async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  admin = await server.admin();
}

const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;
const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;
const permissionsOf = async (caller: Caller) => (await caller.api.me.get.query()).permissions;
const makeRole = (name: string, permissions: PermissionName[]) =>
  admin.api.roles.create.mutate({ name, description: `${name} people`, permissions });

/** A service account with these roles, and a key of it that carries these permissions. */
async function worker(roles: string[], permissions: PermissionName[]) {
  const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles });
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'key', accountId, permissions });
  return { accountId, apiKey, key: server.stranger().with({ 'x-api-key': secret }) };
}

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`a role on ${database}`, () => {
    it('that is changed changes what people and keys may do on their next call [B18]', async () => {
      await open(await environment());
      await makeRole('support', ['users:read']);
      const person = await server.person('ada@example.com', ['support']);
      const { key } = await worker(['support'], ['users:read']);
      for (const caller of [person, key]) expect((await caller.rest('GET', '/users')).status).toBe(200);
      const changed = { name: 'support', description: 'Only logs', permissions: ['audit:read' as const] };
      expect(await admin.api.roles.update.mutate(changed)).toEqual({
        ...changed,
        secondFactorFromMs: null,
        builtIn: false,
      });
      for (const caller of [person, key]) expect((await caller.rest('GET', '/users')).status).toBe(403);
      expect((await person.rest('GET', '/audit')).status).toBe(200);
      expect(await permissionsOf(key)).toEqual([]);
      expect(await admin.api.roles.get.query({ name: 'support' })).toEqual({
        ...changed,
        secondFactorFromMs: null,
        builtIn: false,
      });
    });

    it('that is removed is nobody’s, and a new one of its name is nobody’s either', async () => {
      await open(await environment());
      await makeRole('support', ['users:read']);
      const person = await server.person('ada@example.com', ['support']);
      expect(await codeOf(admin.api.roles.remove.mutate({ name: 'support' }))).toBe('in_use');
      expect(await permissionsOf(person)).toEqual(['users:read']);
      await admin.api.roles.remove.mutate({ name: 'support', takeFromHolders: true });
      expect(await person.api.me.get.query()).toMatchObject({ roles: [], permissions: [] });
      expect(await codeOf(admin.api.roles.get.query({ name: 'support' }))).toBe('not_found');
      await makeRole('support', ['users:read']);
      expect(await permissionsOf(person)).toEqual([]);
      expect((await admin.rest('DELETE', '/roles/support')).status).toBe(204);
    });

    it('tells before it is saved whom the change touches, and leaves out who has the same otherwise', async () => {
      await open(await environment());
      await makeRole('support', ['users:read', 'settings:read']);
      await makeRole('other', ['audit:read']);
      const people = ['a', 'b', 'c'].map((name) => server.person(`${name}@example.com`, ['support']));
      await Promise.all(people);
      await server.person('both@example.com', ['support', 'other']);
      await server.person('auditor@example.com', ['support', 'auditor']);
      const off = await server.person('off@example.com', ['support']);
      await admin.api.users.update.mutate({ id: await idOf(off), disabled: true });
      const { accountId } = await worker(['support'], ['users:read', 'settings:read']);
      const revoked = { name: 'x', accountId, permissions: ['users:read' as const] };
      const { apiKey } = await admin.api.apiKeys.create.mutate(revoked);
      await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });

      const preview = (permissions: PermissionName[]) =>
        admin.api.roles.preview.mutate({ name: 'support', permissions });
      expect(await preview(['users:read', 'audit:read'])).toEqual({
        gained: ['audit:read'],
        lost: ['settings:read'],
        gaining: { people: 3, serviceAccounts: 1, apiKeys: 0 },
        losing: { people: 4, serviceAccounts: 1, apiKeys: 1 },
        atLeast: false,
      });
      const unchanged = await preview(['settings:read', 'users:read']);
      expect(unchanged).toEqual({ gained: [], lost: [], gaining: NOBODY, losing: NOBODY, atLeast: false });
      expect((await admin.api.roles.get.query({ name: 'support' })).permissions).toEqual([
        'users:read',
        'settings:read',
      ]);
    });

    it('shows page by page who has it, as far as one may see such accounts', async () => {
      await open(await environment());
      await makeRole('support', ['roles:read']);
      const emails = Array.from({ length: 5 }, (_, index) => `p${index}@example.com`);
      for (const email of emails) await admin.api.users.create.mutate({ email, roles: ['support'] });
      await worker(['support'], []);
      const found: RoleHolder[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const asked = { name: 'support', limit: 2, ...(cursor && { cursor }) };
        const page: { items: RoleHolder[]; nextCursor: string | null } = await admin.api.roles.holders.query(asked);
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(found.map(({ email, name }) => email ?? name).toSorted()).toEqual([...emails, 'worker']);
      const reader = await server.person('reader@example.com', ['support']);
      expect((await reader.api.roles.holders.query({ name: 'support' })).items).toEqual([]);
    });
  });
}

describe('roles', () => {
  it('are changed by nobody who holds less, nor lacks roles:write, nor comes with a key [B10] [B12] [B14]', async () => {
    await open();
    await makeRole('strong', ['users:write', 'audit:read']);
    await makeRole('editor', ['roles:read', 'roles:write', 'users:read']);
    const strong = await server.person('strong@example.com', ['strong']);
    const editor = await server.person('editor@example.com', ['editor']);
    const member = await server.person('member@example.com');
    const { key } = await worker(['admin'], ['roles:read', 'roles:write']);
    const roads = (caller: Caller, name: string) => [
      caller.api.roles.update.mutate({ name, permissions: [] }),
      caller.api.roles.update.mutate({ name, description: 'Mine' }),
      caller.api.roles.remove.mutate({ name, takeFromHolders: true }),
    ];
    const codes = async (calls: Promise<unknown>[]) => new Set(await Promise.all(calls.map(codeOf)));
    expect(await codes(roads(editor, 'strong'))).toEqual(new Set(['grant_exceeds_own']));
    expect(await codes(roads(member, 'strong'))).toEqual(new Set(['permission_missing']));
    expect(await codes(roads(server.stranger(), 'strong'))).toEqual(new Set(['credential_missing']));
    expect(await codes(roads(key, 'strong'))).toEqual(new Set(['credential_not_accepted']));
    for (const name of ['admin', 'auditor', 'member']) {
      expect(await codes(roads(admin, name))).toEqual(new Set(['state_conflict']));
    }
    expect(await codes(roads(admin, 'nobody'))).toEqual(new Set(['not_found']));
    const raise = editor.api.roles.update.mutate({ name: 'editor', permissions: ['roles:write', 'audit:read'] });
    expect(await codeOf(raise)).toBe('grant_exceeds_own');
    expect(await permissionsOf(strong)).toEqual(['users:write', 'audit:read']);
    await expect(
      editor.api.roles.update.mutate({ name: 'editor', permissions: ['roles:write'] }),
    ).resolves.toMatchObject({ permissions: ['roles:write'] });
  });

  it('take a permission of a resource, and are read over REST', async () => {
    await open();
    const permissions = [{ name: 'notes:read' as const, description: 'Read notes.' }];
    await admin.api.resources.create.mutate({ name: 'Notes', audience: 'https://notes.example.com', permissions });
    await makeRole('support', []);
    const { body, status } = await admin.rest<Role>('PATCH', '/roles/support', {
      permissions: ['notes:read', 'users:read', 'notes:read'],
    });
    expect([status, body.permissions]).toEqual([200, ['users:read', 'notes:read']]);
    expect((await admin.rest('GET', '/roles/support')).body).toEqual(body);
    const preview = await admin.rest('POST', '/roles/support/preview', { permissions: [] });
    expect(preview.body).toMatchObject({ lost: ['users:read', 'notes:read'] });
    expect((await admin.rest('GET', '/roles/support/holders')).body).toEqual({ items: [], nextCursor: null });
    for (const permission of ['nobody:read', 'NOTES:read', 'notes']) {
      expect((await admin.rest('PATCH', '/roles/support', { permissions: [permission] })).status).not.toBe(200);
    }
  });

  it('are recorded when they are changed, and not when nothing changed', async () => {
    await open();
    await makeRole('support', ['users:read']);
    await admin.api.roles.update.mutate({ name: 'support', permissions: ['users:read'] });
    await admin.api.roles.update.mutate({ name: 'support', permissions: ['audit:read'] });
    await admin.api.roles.remove.mutate({ name: 'support' });
    const { items } = await admin.api.audit.list.query({ targetId: 'support' });
    expect(items.map(({ act, details }) => [act, details])).toEqual([
      ['role.removed', { permissions: ['audit:read'] }],
      ['role.changed', { gained: ['audit:read'], lost: ['users:read'] }],
      ['role.created', { permissions: ['users:read'] }],
    ]);
  });
});

describe('a resource', () => {
  it('tells before it is saved which roles and how many keys lose something', async () => {
    await open();
    const permissions = (['notes:read', 'notes:write'] as const).map((name) => ({ name, description: name }));
    const notes = { name: 'Notes', audience: 'https://notes.example.com', permissions };
    const { id } = await admin.api.resources.create.mutate(notes);
    await makeRole('reader', ['notes:read']);
    await worker(['reader'], ['notes:read']);
    const preview = (left: PermissionName[]) => admin.api.resources.preview.mutate({ id, permissions: left });
    expect(await preview([])).toEqual({
      removed: ['notes:read', 'notes:write'],
      roles: ['reader'],
      apiKeys: 1,
      atLeast: false,
    });
    expect(await preview(['notes:read'])).toEqual({ removed: ['notes:write'], roles: [], apiKeys: 0, atLeast: false });
    expect((await admin.api.resources.get.query({ id })).permissions).toEqual(permissions);
  });
});
