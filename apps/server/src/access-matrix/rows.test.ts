import type { AccountId, ApiKeyId, PermissionName } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const ADA = 'acc_ada' as AccountId;
const WORKER = 'acc_worker' as AccountId;
const KEY = 'key' as ApiKeyId;

async function fill(storage: Storage): Promise<void> {
  await storage.transact(async ({ db, tables }) => {
    const common = { createdAtMs: 1 };
    await db.insert(tables.accounts).values([
      { ...common, id: ADA, kind: 'person', name: 'Ada', email: 'ada@example.com', status: 'disabled' },
      { ...common, id: WORKER, kind: 'service', name: 'Worker', status: 'active' },
    ]);
    await db.insert(tables.accountRoles).values([
      { accountId: ADA, role: 'member' },
      { accountId: ADA, role: 'auditor' },
      { accountId: WORKER, role: 'member' },
    ]);
    const key = { ...common, accountId: WORKER, name: 'Key', secretDigest: 'd', allowQuery: false, ipAllowList: [] };
    const permissions: PermissionName[] = ['users:read'];
    await db.insert(tables.apiKeys).values([
      { ...key, id: KEY, permissions },
      { ...key, id: 'other' as ApiKeyId, permissions: [], revokedAtMs: 5 },
    ]);
  });
}

onEveryDatabase((_name, open) => {
  it('finds an account with its roles, and a key with its permissions', async () => {
    const storage = await open();
    await fill(storage);
    const { read } = storage;
    expect(await rows.findAccount(read, ADA)).toEqual({ id: ADA, kind: 'person', name: 'Ada', status: 'disabled' });
    expect(await rows.rolesOf(read, ADA)).toEqual(['auditor', 'member']);
    expect(await rows.findApiKey(read, KEY)).toMatchObject({ accountId: WORKER, permissions: ['users:read'] });
    expect(await rows.findAccount(read, 'acc_x' as AccountId)).toBeNull();
    expect(await rows.findApiKey(read, 'x' as ApiKeyId)).toBeNull();
  });

  it('gives some of a role’s accounts and keys, and no more than asked for', async () => {
    const storage = await open();
    await fill(storage);
    const { read } = storage;
    const kinds = (await rows.someAccountsWith(read, 'member', 5)).map(({ kind, status }) => `${kind} ${status}`);
    expect(kinds.toSorted()).toEqual(['person disabled', 'service active']);
    expect(await rows.someAccountsWith(read, 'member', 1)).toHaveLength(1);
    expect(await rows.someAccountsWith(read, "' or 1=1 --", 5)).toEqual([]);
    const keys = await rows.someKeysWith(read, 'member', 5);
    const usable = (revokedAtMs: number | null) => (revokedAtMs === null ? 'usable' : 'revoked');
    const seen = keys.map(({ permissions, revokedAtMs }) => `${permissions.join()} ${usable(revokedAtMs)}`);
    expect(new Set(seen)).toEqual(new Set(['users:read usable', ' revoked']));
    expect(await rows.someKeysWith(read, 'member', 1)).toHaveLength(1);
  });
});
