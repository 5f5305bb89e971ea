import type { AccountId, ApiKeyId, Permission } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';

import { randomBase62, randomId } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import { createStates } from './rows.ts';

const PERMISSIONS: Permission[] = ['users:read', 'audit:read'];

async function addAccount(storage: Storage, roles: readonly string[]): Promise<AccountId> {
  const accountId = randomId('acc');
  const account = { id: accountId, kind: 'person', name: 'Ada', email: `${accountId}@x.y`, status: 'active' } as const;
  await storage.transact(async ({ db, tables }) => {
    await db.insert(tables.accounts).values({ ...account, createdAtMs: 1 });
    for (const role of roles) await db.insert(tables.accountRoles).values({ accountId, role });
  });
  return accountId;
}

async function addRole(storage: Storage): Promise<void> {
  const role = { name: 'helper', description: 'Helps', permissions: PERMISSIONS, createdAtMs: 1 };
  await storage.transact(async ({ db, tables }) => db.insert(tables.roles).values(role));
}

const TIMES = { authenticatedAtMs: 2, lastUsedAtMs: 3, expiresAtMs: 4, endedAtMs: null };

async function addSession(storage: Storage, accountId: AccountId) {
  const row = { id: randomId('ses'), accountId, refreshDigest: 'd', createdAtMs: 1, refreshedAtMs: 1, ...TIMES };
  await storage.transact(async ({ db, tables }) =>
    db.insert(tables.sessions).values({ ...row, userAgent: '', address: '' }),
  );
  return row.id;
}

const KEY = {
  secretDigest: 'digest',
  previousSecretDigest: 'before',
  previousSecretUntilMs: 7,
  allowQuery: true,
  ipAllowList: ['10.0.0.0/8'],
  rateLimit: { limit: 2, windowSeconds: 60 },
  quota: { limit: 100, per: 'week' as const },
  expiresAtMs: 9,
  rotatedAtMs: null,
  revokedAtMs: null,
};

async function addKey(storage: Storage, accountId: AccountId): Promise<ApiKeyId> {
  const id = randomBase62(22) as ApiKeyId;
  const row = { id, accountId, name: 'key', permissions: PERMISSIONS, createdAtMs: 1, ...KEY };
  await storage.transact(async ({ db, tables }) => db.insert(tables.apiKeys).values(row));
  return id;
}

function ownerOf(accountId: AccountId) {
  return {
    accountId,
    kind: 'person',
    name: 'Ada',
    email: `${accountId}@x.y`,
    status: 'active',
    secondFactorFromMs: null,
  };
}

const byRole = (one: { role: string | null }, other: { role: string | null }) => (one.role! < other.role! ? -1 : 1);

onEveryDatabase((_name, open) => {
  it('gives a session with its account once for each role, built-in or made', async () => {
    const storage = await open();
    await addRole(storage);
    const accountId = await addAccount(storage, ['member', 'helper']);
    const id = await addSession(storage, accountId);
    const states = createStates(storage.read);
    const common = { ...ownerOf(accountId), ...TIMES };
    expect((await states.bySession(id)).toSorted(byRole)).toEqual([
      { ...common, role: 'helper', rolePermissions: PERMISSIONS },
      { ...common, role: 'member', rolePermissions: null },
    ]);
    expect(await states.bySession(randomId('ses'))).toEqual([]);
  });

  it('gives an account without a role as one row', async () => {
    const storage = await open();
    const accountId = await addAccount(storage, []);
    const states = createStates(storage.read);
    const none = { ...ownerOf(accountId), role: null, rolePermissions: null };
    expect(await states.bySession(await addSession(storage, accountId))).toEqual([{ ...none, ...TIMES }]);
    const [state] = await states.byApiKey(await addKey(storage, accountId));
    expect(state).toEqual({ ...none, ...KEY, keyPermissions: PERMISSIONS });
  });

  it('gives a key with all that it is judged by, and its owner once for each role', async () => {
    const storage = await open();
    await addRole(storage);
    const accountId = await addAccount(storage, ['helper', 'auditor']);
    const id = await addKey(storage, accountId);
    const states = createStates(storage.read);
    const common = { ...ownerOf(accountId), ...KEY, keyPermissions: PERMISSIONS };
    expect((await states.byApiKey(id)).toSorted(byRole)).toEqual([
      { ...common, role: 'auditor', rolePermissions: null },
      { ...common, role: 'helper', rolePermissions: PERMISSIONS },
    ]);
    expect(await states.byApiKey(randomBase62(22) as ApiKeyId)).toEqual([]);
  });

  it('sees a change at the next call, though it was asked before [B18]', async () => {
    const storage = await open();
    const accountId = await addAccount(storage, ['member']);
    const [sid, keyId] = [await addSession(storage, accountId), await addKey(storage, accountId)];
    const states = createStates(storage.read);
    await states.bySession(sid);
    await states.byApiKey(keyId);
    await storage.transact(async ({ db, tables }) => {
      await db.update(tables.accounts).set({ status: 'disabled' }).where(eq(tables.accounts.id, accountId));
      await db.delete(tables.accountRoles).where(eq(tables.accountRoles.accountId, accountId));
      await db.update(tables.sessions).set({ endedAtMs: 5 }).where(eq(tables.sessions.id, sid));
      await db.update(tables.apiKeys).set({ revokedAtMs: 6 }).where(eq(tables.apiKeys.id, keyId));
    });
    expect(await states.bySession(sid)).toMatchObject([{ status: 'disabled', role: null, endedAtMs: 5 }]);
    expect(await states.byApiKey(keyId)).toMatchObject([{ status: 'disabled', role: null, revokedAtMs: 6 }]);
  });
});
