import type { AccountId } from '@latchkey/schemas';
import { and, count, desc, eq, gt, notInArray, or, type InferSelectModel } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';

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

export async function hasAnyDevice(reader: Reader, accountId: AccountId): Promise<boolean> {
  const { knownDevices } = reader.tables;
  const found = await reader.db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(eq(knownDevices.accountId, accountId))
    .limit(1);
  return found.length > 0;
}

/** The same browser, or another that looks like it in the same network: one that keeps no cookies. */
export async function hasLikeness(reader: Reader, device: DeviceRow): Promise<boolean> {
  const { knownDevices } = reader.tables;
  const { accountId, tokenDigest, userAgent, network } = device;
  const looksSame = and(eq(knownDevices.userAgent, userAgent), eq(knownDevices.network, network));
  const found = await reader.db
    .select({ accountId: knownDevices.accountId })
    .from(knownDevices)
    .where(and(eq(knownDevices.accountId, accountId), or(eq(knownDevices.tokenDigest, tokenDigest), looksSame)))
    .limit(1);
  return found.length > 0;
}

export async function putDevice(tx: Tx, device: DeviceRow): Promise<void> {
  const { knownDevices } = tx.tables;
  const { lastSignInAtMs, userAgent, network } = device;
  await tx.db
    .insert(knownDevices)
    .values(device)
    .onConflictDoUpdate({
      target: [knownDevices.accountId, knownDevices.tokenDigest],
      set: { lastSignInAtMs, userAgent, network },
    });
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

/** All but the `kept` latest used. */
export async function removeOldest(tx: Tx, accountId: AccountId, kept: number): Promise<void> {
  const { knownDevices } = tx.tables;
  const latest = tx.db
    .select({ tokenDigest: knownDevices.tokenDigest })
    .from(knownDevices)
    .where(eq(knownDevices.accountId, accountId))
    .orderBy(desc(knownDevices.lastSignInAtMs))
    .limit(kept);
  await tx.db
    .delete(knownDevices)
    .where(and(eq(knownDevices.accountId, accountId), notInArray(knownDevices.tokenDigest, latest)));
}
