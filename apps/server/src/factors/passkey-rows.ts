import type { AccountId, PasskeyId } from '@latchkey/schemas';
import { and, asc, eq, lt, sql, type InferSelectModel } from 'drizzle-orm';

import { readStatement, type Holes, type Reader, type Tables, type Tx } from '../storage/index.ts';

export type PasskeyRow = InferSelectModel<Tables['passkeys']>;

const passkeysOfAccount = readStatement(
  'passkeys_of_account',
  (db, { passkeys }, given: Holes<{ accountId: AccountId }>) =>
    db
      .select()
      .from(passkeys)
      .where(eq(passkeys.accountId, given.accountId))
      .orderBy(asc(passkeys.createdAtMs), asc(passkeys.id)),
);

export async function listPasskeys(reader: Reader, accountId: AccountId): Promise<PasskeyRow[]> {
  return reader.run(passkeysOfAccount, { accountId });
}

export async function findPasskey(reader: Reader, credentialId: string): Promise<PasskeyRow | null> {
  const { passkeys } = reader.tables;
  const [row] = await reader.db.select().from(passkeys).where(eq(passkeys.credentialId, credentialId));
  return row ?? null;
}

/** False when the authenticator's credential is somebody's already. */
export async function insertPasskey(tx: Tx, row: PasskeyRow): Promise<boolean> {
  const inserted = await tx.db.insert(tx.tables.passkeys).values(row).onConflictDoNothing().returning();
  return inserted.length > 0;
}

/**
 * Keeps the count. False when the passkey is gone, or has counted as far already: then somebody has a copy of it
 * (WebAuthn section 6.1.1). One that doesn't count stays at 0.
 */
export async function useWithCount(tx: Tx, id: PasskeyId, counter: number, nowMs: number): Promise<boolean> {
  const { passkeys } = tx.tables;
  const isNewer = counter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, counter);
  const used = await tx.db
    .update(passkeys)
    .set({ counter, lastUsedAtMs: nowMs })
    .where(and(eq(passkeys.id, id), isNewer))
    .returning({ id: passkeys.id });
  return used.length > 0;
}

/** The name before; null when the account has no such passkey [B12]. */
export async function renamePasskey(tx: Tx, accountId: AccountId, id: PasskeyId, name: string): Promise<string | null> {
  const { passkeys } = tx.tables;
  const isIt = and(eq(passkeys.id, id), eq(passkeys.accountId, accountId));
  const [before] = await tx.db
    .update(passkeys)
    .set({ name: sql`${passkeys.name}` })
    .where(isIt)
    .returning({ name: passkeys.name });
  await tx.db.update(passkeys).set({ name }).where(isIt);
  return before?.name ?? null;
}

export async function removePasskey(tx: Tx, accountId: AccountId, id: PasskeyId): Promise<PasskeyRow | null> {
  const { passkeys } = tx.tables;
  const [removed] = await tx.db
    .delete(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.accountId, accountId)))
    .returning();
  return removed ?? null;
}

/** How many there were. */
export async function removePasskeys(tx: Tx, accountId: AccountId): Promise<number> {
  const { passkeys } = tx.tables;
  const removed = await tx.db.delete(passkeys).where(eq(passkeys.accountId, accountId)).returning({ id: passkeys.id });
  return removed.length;
}
