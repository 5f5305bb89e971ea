import type { AccountId, ApiKeyId, DenialId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const denial = (number: number, change: Partial<rows.DenialRow> = {}): rows.DenialRow => ({
  number,
  id: `den_${number}` as DenialId,
  atMs: 1_000 + number,
  code: 'permission_missing',
  procedure: 'users.list',
  missing: 'users:read',
  wouldBeEnough: ['admin', 'auditor'],
  accountKind: 'person',
  accountId: 'acc_1' as AccountId,
  accountName: 'Ada',
  credentialKind: 'session',
  credentialId: 'ses_1',
  apiKeyId: null,
  address: null,
  userAgent: '',
  requestId: null,
  ...change,
});

const insert = (storage: Storage, ...denials: rows.DenialRow[]) =>
  storage.transact((tx) => rows.insertDenials(tx, denials));

onEveryDatabase((_name, open) => {
  it('gives each number once, whoever takes them at the same time', async () => {
    const storage = await open();
    const take = () => storage.transact((tx) => rows.takeNumbers(tx, 3));
    const lasts = await Promise.all(Array.from({ length: 20 }, take));
    expect(lasts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, turn) => 3 * (turn + 1)));
  });

  it('gives denials back as they were kept, newest first', async () => {
    const storage = await open();
    const all = [denial(1), denial(2, { address: '10.0.0.1', requestId: 'r', wouldBeEnough: [] }), denial(3)];
    await insert(storage, ...all);
    expect(await rows.listDenials(storage.read, {}, null, 10)).toEqual(all.toReversed());
    expect(await rows.listDenials(storage.read, {}, 3, 1)).toEqual([all[1]]);
    expect(await rows.findDenial(storage.read, 'den_2' as DenialId)).toEqual(all[1]);
    expect(await rows.findDenial(storage.read, 'den_9' as DenialId)).toBeNull();
  });

  it('finds those of one account, of one key, and that missed one thing', async () => {
    const storage = await open();
    const other = denial(2, { accountId: 'acc_2' as AccountId });
    const byKey = denial(3, { apiKeyId: 'k' as ApiKeyId, credentialKind: 'api_key' });
    const elsewhere = denial(4, { missing: 'audit:read', procedure: 'audit.list' });
    await insert(storage, denial(1), other, byKey, elsewhere);
    const numbers = async (filter: rows.DenialFilter) =>
      (await rows.listDenials(storage.read, filter, null, 10)).map(({ number }) => number);
    expect(await numbers({ accountId: 'acc_1' })).toEqual([4, 3, 1]);
    expect(await numbers({ apiKeyId: 'k' })).toEqual([3]);
    expect(await numbers({ missing: 'audit:read' })).toEqual([4]);
    expect(await numbers({ accountId: 'acc_2', missing: 'audit:read' })).toEqual([]);
    expect(await numbers({ missing: "' or 1=1 --" })).toEqual([]);
  });

  it('forgets the oldest', async () => {
    const storage = await open();
    await insert(storage, denial(1), denial(2), denial(3));
    await storage.transact((tx) => rows.forgetUntil(tx, 2));
    expect(await rows.listDenials(storage.read, {}, null, 10)).toEqual([denial(3)]);
  });
});
