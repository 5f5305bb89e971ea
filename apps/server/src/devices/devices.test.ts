import type { AccountId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Origin } from '../actors/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import { createDevices } from './index.ts';

const ADA = 'acc_0000000000000000000Ada' as AccountId;
const BOB = 'acc_0000000000000000000Bob' as AccountId;
const AT_HOME: Origin = { requestId: null, address: '192.0.2.1', userAgent: 'Firefox', device: null };

async function devicesOver(storage: Storage) {
  const time = { nowMs: 1_000_000 };
  await storage.transact(async ({ db, tables }) => {
    const person = { kind: 'person', passwordHash: null, status: 'active', createdAtMs: 1 } as const;
    await db.insert(tables.accounts).values([
      { ...person, id: ADA, email: 'ada@example.com', name: 'Ada' },
      { ...person, id: BOB, email: 'bob@example.com', name: 'Bob' },
    ]);
  });
  const devices = createDevices({ storage, clock: () => time.nowMs });
  const signIn = (id: AccountId, origin: Origin) => storage.transact((tx) => devices.remember(tx, id, origin));
  return { devices, signIn, time };
}

onEveryDatabase((_name, open) => {
  it('knows a browser for the accounts that signed in in it, by one token', async () => {
    const { devices, signIn } = await devicesOver(await open());
    const { newToken, isNew } = await signIn(ADA, AT_HOME);
    expect(newToken).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(isNew).toBe(false);
    const device = sha256(newToken ?? '');
    expect([await devices.isKnown(device, ADA), await devices.isKnown(device, BOB)]).toEqual([true, false]);
    const again = { newToken: null, isNew: false, tokenDigest: device };
    expect(await signIn(BOB, { ...AT_HOME, device })).toEqual({ ...again, isKnown: false });
    expect(await signIn(BOB, { ...AT_HOME, device })).toEqual({ ...again, isKnown: true });
    expect([await devices.isKnown(device, ADA), await devices.isKnown(device, BOB)]).toEqual([true, true]);
    expect([await devices.isKnown(null, ADA), await devices.isKnown(device, null)]).toEqual([false, false]);
  });

  it('takes no token that it never gave out', async () => {
    const { devices, signIn } = await devicesOver(await open());
    const made = sha256('a token of the caller’s own making');
    const { newToken } = await signIn(ADA, { ...AT_HOME, device: made });
    expect(newToken).not.toBeNull();
    expect(await devices.isKnown(made, ADA)).toBe(false);
  });

  it('takes a browser without cookies for the one it looks like, in the same network alone', async () => {
    const { signIn } = await devicesOver(await open());
    await signIn(ADA, AT_HOME);
    const others = [AT_HOME, { ...AT_HOME, address: '192.0.2.2' }, { ...AT_HOME, userAgent: 'Safari' }];
    const isNew = [];
    for (const origin of others) isNew.push((await signIn(ADA, origin)).isNew);
    expect(isNew).toEqual([false, true, true]);
  });

  it('keeps the fifty latest of an account', async () => {
    const { devices, signIn, time } = await devicesOver(await open());
    const tokens = [];
    for (let program = 0; program < 52; program += 1) {
      time.nowMs += 1;
      tokens.push((await signIn(ADA, AT_HOME)).newToken ?? '');
    }
    const known = await Promise.all(tokens.map((token) => devices.isKnown(sha256(token), ADA)));
    expect(known.map(Number).join('')).toBe(`00${'1'.repeat(50)}`);
  });
});
