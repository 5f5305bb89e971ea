import type { AccountId } from '@latchkey/schemas';
import { and, count, desc, eq, gt, notInArray, or, sql, type InferSelectModel } from 'drizzle-orm';

import {
  holesOf,
  readStatement,
  writeStatement,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';

type DeviceRow = InferSelectModel<Tables['knownDevices']>;

export async function hasDevice(reader: Reader, accountId: AccountId, tokenDigest: string): Promise<boolean> {
  const { knownDevices } = reader.tables;
  const found = await reader.db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(and(eq(knownDevices.accountId, accountId), eq(knownDevices.tokenDigest, tokenDigest)));
  return found.length > 0;
}

/** Whether anybody has signed in in that browser: otherwise its token isn't one of ours. */
export async function isTokenKnown(reader: Reader, tokenDigest: string): Promise<boolean> {
  const { knownDevices } = reader.tables;
  const found = await reader.db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(eq(knownDevices.tokenDigest, tokenDigest))
    .limit(1);
  return found.length > 0;
}

const anyDevice = readStatement('any_device', (db, { knownDevices }, given: Holes<{ accountId: AccountId }>) =>
  db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(eq(knownDevices.accountId, given.accountId))
    .limit(1),
);

export async function hasAnyDevice(reader: Reader, accountId: AccountId): Promise<boolean> {
  return (await reader.run(anyDevice, { accountId })).length > 0;
}

const likeness = readStatement('device_likeness', (db, { knownDevices }, given: Holes<DeviceRow>) => {
  const { accountId, tokenDigest, userAgent, network } = knownDevices;
  const looksSame = and(eq(userAgent, given.userAgent), eq(network, given.network));
  const isIt = or(eq(tokenDigest, given.tokenDigest), looksSame);
  return db
    .select({ accountId })
    .from(knownDevices)
    .where(and(eq(accountId, given.accountId), isIt))
    .limit(1);
});

/** The same browser, or another that looks like it in the same network: one that keeps no cookies. */
export async function hasLikeness(reader: Reader, device: DeviceRow): Promise<boolean> {
  return (await reader.run(likeness, device)).length > 0;
}

const devicePut = writeStatement('device_put', (db, { knownDevices }, given: Holes<DeviceRow>) =>
  db
    .insert(knownDevices)
    .values(holesOf(knownDevices, given))
    .onConflictDoUpdate({
      target: [knownDevices.accountId, knownDevices.tokenDigest],
      set: {
        lastSignInAtMs: sql`excluded.last_sign_in_at_ms`,
        userAgent: sql`excluded.user_agent`,
        network: sql`excluded.network`,
      },
    }),
);

export async function putDevice(tx: Tx, device: DeviceRow): Promise<void> {
  await tx.run(devicePut, device);
}

/** Whether no second factor is asked for in that browser. */
export async function isTrusted(
  reader: Reader,
  accountId: AccountId,
  tokenDigest: string,
  nowMs: number,
): Promise<boolean> {
  const { knownDevices } = reader.tables;
  const found = await reader.db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(
      and(
        eq(knownDevices.accountId, accountId),
        eq(knownDevices.tokenDigest, tokenDigest),
        gt(knownDevices.trustedUntilMs, nowMs),
      ),
    );
  return found.length > 0;
}

export async function countTrusted(reader: Reader, accountId: AccountId, nowMs: number): Promise<number> {
  const { knownDevices } = reader.tables;
  const [row] = await reader.db
    .select({ trusted: count() })
    .from(knownDevices)
    .where(and(eq(knownDevices.accountId, accountId), gt(knownDevices.trustedUntilMs, nowMs)));
  return row?.trusted ?? 0;
}

/** One browser of the account, or all of them. */
export async function setTrust(
  tx: Tx,
  accountId: AccountId,
  tokenDigest: string | null,
  trustedUntilMs: number | null,
): Promise<void> {
  const { knownDevices } = tx.tables;
  const which = tokenDigest === null ? undefined : eq(knownDevices.tokenDigest, tokenDigest);
  await tx.db
    .update(knownDevices)
    .set({ trustedUntilMs })
    .where(and(eq(knownDevices.accountId, accountId), which));
}

const oldestRemoved = writeStatement(
  'oldest_devices_removed',
  (db, { knownDevices }, given: Holes<{ accountId: AccountId; kept: number }>) => {
    const { accountId, tokenDigest, lastSignInAtMs } = knownDevices;
    const isOfAccount = eq(accountId, given.accountId);
    const latest = db
      .select({ tokenDigest })
      .from(knownDevices)
      .where(isOfAccount)
      .orderBy(desc(lastSignInAtMs))
      .limit(given.kept);
    return db.delete(knownDevices).where(and(isOfAccount, notInArray(tokenDigest, latest)));
  },
);

/** All but the `kept` latest used. */
export async function removeOldest(tx: Tx, accountId: AccountId, kept: number): Promise<void> {
  await tx.run(oldestRemoved, { accountId, kept });
}
