import type { AccountId } from '@latchkey/schemas';
import { and, count, eq, gt, inArray, isNull, lt, lte, max, type InferSelectModel } from 'drizzle-orm';

import { readStatement, type Holes, type Reader, type Tables, type Tx } from '../storage/index.ts';
import { CLOCKS_APART_MS } from '../time/index.ts';

export type TotpRow = InferSelectModel<Tables['totpSecrets']>;

const SWEPT_AT_ONCE = 500;
const PAGE_LENGTH = 500;

const totpOfAccount = readStatement('totp_of_account', (db, { totpSecrets }, given: Holes<{ accountId: AccountId }>) =>
  db.select().from(totpSecrets).where(eq(totpSecrets.accountId, given.accountId)),
);

export async function findTotp(reader: Reader, accountId: AccountId): Promise<TotpRow | null> {
  const [row] = await reader.run(totpOfAccount, { accountId });
  return row ?? null;
}

/** Some, by the account's id, after this one's. */
export async function listTotp(reader: Reader, after: AccountId | null): Promise<TotpRow[]> {
  const { totpSecrets } = reader.tables;
  return reader.db
    .select()
    .from(totpSecrets)
    .where(after === null ? undefined : gt(totpSecrets.accountId, after))
    .orderBy(totpSecrets.accountId)
    .limit(PAGE_LENGTH);
}

/** The same secret, sealed anew; unless the app was replaced meanwhile. */
export async function resealTotp(tx: Tx, { accountId, sealedSecret }: TotpRow, resealed: string): Promise<void> {
  const { totpSecrets } = tx.tables;
  await tx.db
    .update(totpSecrets)
    .set({ sealedSecret: resealed })
    .where(and(eq(totpSecrets.accountId, accountId), eq(totpSecrets.sealedSecret, sealedSecret)));
}

/** Takes the place of the app before. */
export async function putTotp(tx: Tx, row: TotpRow): Promise<void> {
  const { totpSecrets } = tx.tables;
  const { accountId: _same, ...set } = row;
  await tx.db.insert(totpSecrets).values(row).onConflictDoUpdate({ target: totpSecrets.accountId, set });
}

/** False when a code of this step or a later one was taken already. The condition decides, so each is taken once. */
export async function takeStep(tx: Tx, { accountId, sealedSecret }: TotpRow, step: number): Promise<boolean> {
  const { totpSecrets } = tx.tables;
  const taken = await tx.db
    .update(totpSecrets)
    .set({ lastStep: step })
    .where(
      and(
        eq(totpSecrets.accountId, accountId),
        eq(totpSecrets.sealedSecret, sealedSecret),
        lt(totpSecrets.lastStep, step),
      ),
    )
    .returning({ accountId: totpSecrets.accountId });
  return taken.length > 0;
}

export async function removeTotp(tx: Tx, accountId: AccountId): Promise<boolean> {
  const { totpSecrets } = tx.tables;
  const removed = await tx.db
    .delete(totpSecrets)
    .where(eq(totpSecrets.accountId, accountId))
    .returning({ accountId: totpSecrets.accountId });
  return removed.length > 0;
}

export async function countRecoveryCodes(
  reader: Reader,
  accountId: AccountId,
): Promise<{ left: number; madeAtMs: number | null }> {
  const { recoveryCodes } = reader.tables;
  const [row] = await reader.db
    .select({ left: count(), madeAtMs: max(recoveryCodes.createdAtMs) })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAtMs)));
  return row ?? { left: 0, madeAtMs: null };
}

/** Those before them work no more. */
export async function replaceRecoveryCodes(
  tx: Tx,
  accountId: AccountId,
  codeDigests: readonly string[],
  nowMs: number,
): Promise<void> {
  const { recoveryCodes } = tx.tables;
  await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
  const rows = codeDigests.map((codeDigest) => ({ codeDigest, accountId, createdAtMs: nowMs, usedAtMs: null }));
  if (rows.length > 0) await tx.db.insert(recoveryCodes).values(rows);
}

/** Uses the code up; false when it is used already, or isn't one of the account's. */
export async function useRecoveryCode(
  tx: Tx,
  accountId: AccountId,
  codeDigest: string,
  nowMs: number,
): Promise<boolean> {
  const { recoveryCodes } = tx.tables;
  const used = await tx.db
    .update(recoveryCodes)
    .set({ usedAtMs: nowMs })
    .where(
      and(
        eq(recoveryCodes.codeDigest, codeDigest),
        eq(recoveryCodes.accountId, accountId),
        isNull(recoveryCodes.usedAtMs),
      ),
    )
    .returning({ accountId: recoveryCodes.accountId });
  return used.length > 0;
}

/** True the first time. Those that have expired by every instance's clock go at the same time. */
export async function spendToken(tx: Tx, nonce: string, expiresAtMs: number, nowMs: number): Promise<boolean> {
  if (expiresAtMs <= nowMs) return false;
  const { spentTokens } = tx.tables;
  const ended = tx.db
    .select({ nonce: spentTokens.nonce })
    .from(spentTokens)
    .where(lte(spentTokens.expiresAtMs, nowMs - CLOCKS_APART_MS))
    .limit(SWEPT_AT_ONCE);
  await tx.db.delete(spentTokens).where(inArray(spentTokens.nonce, ended));
  const spent = await tx.db
    .insert(spentTokens)
    .values({ nonce, expiresAtMs })
    .onConflictDoNothing()
    .returning({ nonce: spentTokens.nonce });
  return spent.length > 0;
}
