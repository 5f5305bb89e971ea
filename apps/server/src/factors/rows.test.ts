import type { AccountId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import { personRow, addAccount } from '../accounts/index.ts';
import { SERVER } from '../actors/index.ts';
import { createAudit } from '../audit/index.ts';
import type { Storage } from '../storage/index.ts';
import { MINUTE_MS } from '../time/index.ts';
import { digestOfCode, newCodes } from './recovery-code.ts';
import * as rows from './rows.ts';

const AT_ONCE = 20;
const NOW_MS = 1_000_000;

async function addPerson(storage: Storage, email: string): Promise<AccountId> {
  const row = personRow({ email, name: email, passwordHash: null, nowMs: NOW_MS });
  const audit = createAudit({ storage, clock: () => NOW_MS });
  await storage.transact((tx) => addAccount(tx, audit, SERVER, row, [], 'account.created'));
  return row.id;
}

const atOnce = async (act: () => Promise<boolean>) => {
  const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, act));
  return outcomes.filter(Boolean).length;
};

onEveryDatabase((_name, open) => {
  it('takes a step’s code once, however many come at once, and none of a step before it [B05]', async () => {
    const storage = await open();
    const accountId = await addPerson(storage, 'ada@example.com');
    const row = { accountId, sealedSecret: 's1.x', lastStep: 10, createdAtMs: NOW_MS };
    await storage.transact((tx) => rows.putTotp(tx, row));
    const take = (step: number) => storage.transact((tx) => rows.takeStep(tx, row, step));
    expect(await take(10)).toBe(false);
    expect(await atOnce(() => take(11))).toBe(1);
    expect([await take(11), await take(10), await take(12)]).toEqual([false, false, true]);
  });

  it('takes no code for a secret that was replaced meanwhile', async () => {
    const storage = await open();
    const accountId = await addPerson(storage, 'ada@example.com');
    const old = { accountId, sealedSecret: 's1.old', lastStep: 10, createdAtMs: NOW_MS };
    await storage.transact((tx) => rows.putTotp(tx, old));
    await storage.transact((tx) => rows.putTotp(tx, { ...old, sealedSecret: 's1.new' }));
    expect(await storage.transact((tx) => rows.takeStep(tx, old, 11))).toBe(false);
    expect(await rows.findTotp(storage.read, accountId)).toMatchObject({ sealedSecret: 's1.new', lastStep: 10 });
  });

  it('takes each recovery code once, for its own account alone [B05]', async () => {
    const storage = await open();
    const [ada, eve] = [await addPerson(storage, 'ada@example.com'), await addPerson(storage, 'eve@example.com')];
    const codes = newCodes();
    await storage.transact((tx) => rows.replaceRecoveryCodes(tx, ada, codes.map(digestOfCode), NOW_MS));
    const use = (who: AccountId, code = '') =>
      storage.transact((tx) => rows.useRecoveryCode(tx, who, digestOfCode(code), NOW_MS));
    expect(await use(eve, codes[0])).toBe(false);
    expect(await atOnce(() => use(ada, codes[0]))).toBe(1);
    expect(await rows.countRecoveryCodes(storage.read, ada)).toEqual({ left: 9, madeAtMs: NOW_MS });
    await storage.transact((tx) => rows.replaceRecoveryCodes(tx, ada, [], NOW_MS));
    expect([await use(ada, codes[1]), (await rows.countRecoveryCodes(storage.read, ada)).left]).toEqual([false, 0]);
  });

  it('spends a token once, and forgets it when it would have expired', async () => {
    const storage = await open();
    const spend = (nonce: string, lifetimeMs: number, nowMs: number) =>
      storage.transact((tx) => rows.spendToken(tx, nonce, NOW_MS + lifetimeMs, nowMs));
    expect(await atOnce(() => spend('one', 1000, NOW_MS))).toBe(1);
    expect(await spend('one', 1000, NOW_MS + 1000)).toBe(false);
    expect(await spend('two', 2 * MINUTE_MS, NOW_MS + 1000 + MINUTE_MS)).toBe(true);
    const { db, tables } = storage.read;
    expect(await db.select({ nonce: tables.spentTokens.nonce }).from(tables.spentTokens)).toEqual([{ nonce: 'two' }]);
  });
});

it('a recovery code is ten of 120 bits each, and taken however it is written down', () => {
  const codes = newCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
    const typed = code.replaceAll('-', ' ').toUpperCase().replaceAll('0', 'O').replaceAll('1', 'l');
    expect(digestOfCode(typed)).toBe(digestOfCode(code));
  }
});
