import { and, asc, gt, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';
import { selectOwned, type OwnedApiKey } from './rows.ts';

/** Not ended, and one of those moments before its end has come of which nobody was told. */
function endsSoon({ apiKeys }: Tables, nowMs: number, daysBefore: readonly number[]): SQL | undefined {
  return and(
    isNull(apiKeys.revokedAtMs),
    gt(apiKeys.expiresAtMs, nowMs),
    lte(apiKeys.expiresAtMs, nowMs + Math.max(...daysBefore) * DAY_MS),
    or(...daysBefore.map((days) => isDue({ apiKeys }, nowMs, days * DAY_MS))),
  );
}

/** The moment has come, the key was made before it, and nobody was told since. */
function isDue({ apiKeys }: Pick<Tables, 'apiKeys'>, nowMs: number, beforeMs: number): SQL | undefined {
  const moment = sql`${apiKeys.expiresAtMs} - ${beforeMs}`;
  return and(
    lte(apiKeys.expiresAtMs, nowMs + beforeMs),
    lt(apiKeys.createdAtMs, moment),
    or(isNull(apiKeys.remindedAtMs), lt(apiKeys.remindedAtMs, moment)),
  );
}

/** Those that end in so many days or fewer, of which nobody was reminded so many days before. */
export async function areAnyDue(reader: Reader, nowMs: number, daysBefore: readonly number[]): Promise<boolean> {
  const { apiKeys } = reader.tables;
  const due = await reader.db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(endsSoon(reader.tables, nowMs, daysBefore))
    .limit(1);
  return due.length > 0;
}

/** The same keys, with their owners, for whoever takes them first. */
export async function takeDue(
  tx: Tx,
  nowMs: number,
  daysBefore: readonly number[],
  limit: number,
): Promise<OwnedApiKey[]> {
  const { apiKeys } = tx.tables;
  const due = tx.db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(endsSoon(tx.tables, nowMs, daysBefore))
    .limit(limit);
  const taken = await tx.db
    .update(apiKeys)
    .set({ remindedAtMs: nowMs })
    .where(and(inArray(apiKeys.id, due), endsSoon(tx.tables, nowMs, daysBefore)))
    .returning({ id: apiKeys.id });
  const ids = taken.map(({ id }) => id);
  return ids.length === 0
    ? []
    : selectOwned(tx).where(inArray(apiKeys.id, ids)).orderBy(asc(apiKeys.expiresAtMs), asc(apiKeys.id));
}
