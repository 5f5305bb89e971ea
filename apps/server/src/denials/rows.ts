import type { AccountId, DenialId } from '@latchkey/schemas';
import { and, desc, eq, inArray, lt, lte, sql, type InferSelectModel } from 'drizzle-orm';

import { holdingRows, type Reader, type Tables, type Tx } from '../storage/index.ts';

export type DenialRow = InferSelectModel<Tables['denials']>;

export type DenialFilter = {
  accountId?: string | undefined;
  apiKeyId?: string | undefined;
  missing?: string | undefined;
};

const HEAD_ID = 1;

/** Which of the accounts are closed. Of the others none is closed until the transaction is over. */
export async function closedAmong(tx: Tx, ids: readonly AccountId[]): Promise<ReadonlySet<AccountId>> {
  const { accounts } = tx.tables;
  const { id, status } = accounts;
  const asked = tx.db
    .select({ id, status })
    .from(accounts)
    .where(inArray(id, [...ids]));
  const found = await holdingRows(asked, accounts);
  return new Set(found.flatMap((each) => (each.status === 'closed' ? [each.id] : [])));
}

/** Takes the next `count` numbers and returns the last of them. Instances wait here for each other, once a second. */
export async function takeNumbers(tx: Tx, count: number): Promise<number> {
  const { denialHead } = tx.tables;
  const [head] = await tx.db
    .insert(denialHead)
    .values({ id: HEAD_ID, number: count })
    .onConflictDoUpdate({ target: denialHead.id, set: { number: sql`${denialHead.number} + ${count}` } })
    .returning();
  if (!head) throw new Error('an upsert gave no row back');
  return head.number;
}

/** One that is there already was written by a try whose outcome got lost. */
export async function insertDenials(tx: Tx, denials: DenialRow[]): Promise<void> {
  await tx.db.insert(tx.tables.denials).values(denials).onConflictDoNothing();
}

/** Everything up to this number. */
export async function forgetUntil(tx: Tx, number: number): Promise<void> {
  await tx.db.delete(tx.tables.denials).where(lte(tx.tables.denials.number, number));
}

/** Newest first. */
export async function listDenials(
  reader: Reader,
  filter: DenialFilter,
  before: number | null,
  limit: number,
): Promise<DenialRow[]> {
  const { denials } = reader.tables;
  return reader.db
    .select()
    .from(denials)
    .where(
      and(
        filter.accountId === undefined ? undefined : eq(denials.accountId, filter.accountId as DenialRow['accountId']),
        filter.apiKeyId === undefined
          ? undefined
          : eq(denials.apiKeyId, filter.apiKeyId as NonNullable<DenialRow['apiKeyId']>),
        filter.missing === undefined ? undefined : eq(denials.missing, filter.missing),
        before === null ? undefined : lt(denials.number, before),
      ),
    )
    .orderBy(desc(denials.number))
    .limit(limit);
}

export async function findDenial(reader: Reader, id: DenialId): Promise<DenialRow | null> {
  const { denials } = reader.tables;
  const [found] = await reader.db.select().from(denials).where(eq(denials.id, id));
  return found ?? null;
}
