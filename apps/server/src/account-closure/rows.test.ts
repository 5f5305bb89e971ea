import { CLOSED_ACCOUNT, type AccountId, type Alert, type AlertId, type ApiKeyId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const ADA = { id: `acc_${'a'.repeat(22)}` as AccountId, email: 'ada_l@example.com' };
const KEY = 'k'.repeat(22) as ApiKeyId;

const seenBy = (actorName: string) => [{ entryNumber: 1, atMs: 1, actorName, address: '203.0.113.7' }];

async function alerted(storage: Storage, alerts: Partial<Alert & { subjectKind: string; subjectId: string }>[]) {
  await storage.transact(async ({ db, tables }) => {
    await db.insert(tables.accounts).values({
      ...ADA,
      kind: 'person',
      name: 'Ada',
      passwordHash: null,
      passwordChangedAtMs: null,
      status: 'active',
      createdAtMs: 1,
      lastSignInAtMs: null,
      emailVerifiedAtMs: null,
    });
    await db.insert(tables.apiKeys).values({
      id: KEY,
      accountId: ADA.id,
      name: 'key',
      secretDigest: 'x',
      permissions: [],
      allowQuery: false,
      ipAllowList: [],
      createdAtMs: 1,
    });
    for (const [
      place,
      { subjectKind = 'network', subjectId = 'x', evidence = [], decidedBy = null },
    ] of alerts.entries()) {
      await db.insert(tables.alerts).values({
        id: `alr_${place}` as AlertId,
        code: 'guessing',
        status: 'open',
        subjectKind: subjectKind as Alert['subject']['kind'],
        subjectId,
        subjectName: 'named',
        openKey: `${place}`,
        count: 1,
        firstAtMs: 1,
        lastAtMs: 1,
        evidence,
        mailedAtMs: null,
        decidedAtMs: null,
        decidedBy,
      });
    }
  });
}

async function left(storage: Storage) {
  const { db, tables } = storage.read;
  const found = await db.select().from(tables.alerts).orderBy(tables.alerts.id);
  return found.map(({ id, subjectName, evidence, decidedBy }) => [
    id,
    subjectName,
    evidence.map(({ actorName, address }) => `${actorName} ${address}`),
    decidedBy,
  ]);
}

onEveryDatabase((_name, open) => {
  it('alerts forget the person, whose ever they are, and nobody else', async () => {
    const storage = await open();
    await alerted(storage, [
      { subjectKind: 'account', subjectId: ADA.id, evidence: seenBy('a stranger') },
      { subjectKind: 'api_key', subjectId: KEY, evidence: seenBy(ADA.email) },
      { subjectKind: 'email', subjectId: ADA.email },
      { evidence: [...seenBy(ADA.email), ...seenBy('bob@example.com')], decidedBy: ADA.email },
      { evidence: seenBy('adaXl@example.com'), decidedBy: 'bob@example.com' },
    ]);
    await storage.transact((tx) => rows.forgetInAlerts(tx, ADA.id, ADA.email));
    expect(await left(storage)).toEqual([
      ['alr_0', CLOSED_ACCOUNT, [], null],
      ['alr_1', CLOSED_ACCOUNT, [], null],
      ['alr_3', 'named', [`${CLOSED_ACCOUNT} null`, 'bob@example.com 203.0.113.7'], CLOSED_ACCOUNT],
      ['alr_4', 'named', ['adaXl@example.com 203.0.113.7'], 'bob@example.com'],
    ]);
  });
});
