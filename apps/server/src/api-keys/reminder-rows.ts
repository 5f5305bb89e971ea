import type { ApiKeyId } from '@latchkey/schemas';
import { and, asc, inArray, lte, sql } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';
import { DAYS_BEFORE } from './reminder-moments.ts';
import { selectOwned, type OwnedApiKey } from './rows.ts';

export async function isAnyDue({ db, tables: { apiKeys } }: Reader, nowMs: number): Promise<boolean> {
  const due = await db.select({ id: apiKeys.id }).from(apiKeys).where(lte(apiKeys.remindAtMs, nowMs)).limit(1);
  return due.length > 0;
}

/** The keys whose moment has come, with their owners, for whoever takes them first; the first to end first. */
export async function takeDue(tx: Tx, nowMs: number, limit: number): Promise<OwnedApiKey[]> {
  const { apiKeys } = tx.tables;
  const isDue = lte(apiKeys.remindAtMs, nowMs);
  const due = tx.db.select({ id: apiKeys.id }).from(apiKeys).where(isDue).orderBy(asc(apiKeys.remindAtMs)).limit(limit);
  const taken = await tx.db
    .update(apiKeys)
    .set({ remindAtMs: momentAfter(tx.tables, nowMs) })
    .where(and(inArray(apiKeys.id, due), isDue))
    .returning({ id: apiKeys.id });
  const ids = taken.map(({ id }) => id);
  if (ids.length === 0) return [];
  return selectOwned(tx).where(inArray(apiKeys.id, ids)).orderBy(asc(apiKeys.expiresAtMs), asc(apiKeys.id));
}

/** Those of whom nobody could be told: their moment is to come again. */
export async function putBack(tx: Tx, ids: readonly ApiKeyId[], remindAtMs: number): Promise<void> {
  const { apiKeys } = tx.tables;
  await tx.db
    .update(apiKeys)
    .set({ remindAtMs })
    .where(inArray(apiKeys.id, [...ids]));
}

/** `nextReminderMs`, in the database. */
function momentAfter({ apiKeys }: Tables, nowMs: number) {
  const cases = DAYS_BEFORE.map((days) => {
    const moment = sql`${apiKeys.expiresAtMs} - ${days * DAY_MS}`;
    return sql`when ${moment} > ${nowMs} then ${moment}`;
  });
  return sql`case ${sql.join(cases, sql` `)} end`;
}
