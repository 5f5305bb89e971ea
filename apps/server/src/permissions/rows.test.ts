import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const HELPER: rows.StoredRole = {
  name: 'helper',
  description: 'Helps “people”',
  permissions: ['users:read', 'audit:read'],
  createdAtMs: 5,
  secondFactorFromMs: null,
};

const insert = (storage: Storage, role: rows.StoredRole) => storage.transact((tx) => rows.insertRole(tx, role));

onEveryDatabase((_name, open) => {
  it('gives roles back as they were inserted, by name', async () => {
    const storage = await open();
    const none = { ...HELPER, name: 'a-none', permissions: [] };
    expect([await insert(storage, HELPER), await insert(storage, none)]).toEqual([true, true]);
    expect(await rows.listCustomRoles(storage.read)).toEqual([none, HELPER]);
  });

  it('inserts a name once, and leaves the first as it was', async () => {
    const storage = await open();
    await insert(storage, HELPER);
    expect(await insert(storage, { ...HELPER, description: 'other', permissions: ['users:write'] })).toBe(false);
    expect(await rows.listCustomRoles(storage.read)).toEqual([HELPER]);
    const racing = Array.from({ length: 20 }, () => insert(storage, { ...HELPER, name: 'raced' }));
    expect((await Promise.all(racing)).filter(Boolean)).toHaveLength(1);
  });

  it('finds the named ones of those that are there', async () => {
    const storage = await open();
    await insert(storage, HELPER);
    await insert(storage, { ...HELPER, name: 'other' });
    expect(await rows.findStoredRoles(storage.read, [])).toEqual([]);
    expect(await rows.findStoredRoles(storage.read, ['nobody', 'helper', 'admin'])).toEqual([HELPER]);
    expect(await rows.findStoredRoles(storage.read, ["' or 1=1 --"])).toEqual([]);
  });
});
