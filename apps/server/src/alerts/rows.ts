import type { AlertId, ApiKeyId } from '@latchkey/schemas';
import { and, count, desc, eq, gt, isNull, lt, or, sql, type InferSelectModel } from 'drizzle-orm';

import { isAfter, type Cursor, type Reader, type Tables, type Tx } from '../storage/index.ts';

export type AlertRow = InferSelectModel<Tables['alerts']>;
export type DeliveryRow = InferSelectModel<Tables['alertDeliveries']>;

/** The last entry that was dealt with. */
export async function findPosition(reader: Reader, name: string): Promise<number> {
  const { followers } = reader.tables;
  const [row] = await reader.db.select().from(followers).where(eq(followers.name, name));
  return row?.entryNumber ?? 0;
}

/** The same, and nobody else comes further until the transaction is over: the update that changes nothing locks the row. */
export async function lockPosition(tx: Tx, name: string): Promise<number> {
  const { followers } = tx.tables;
  const [row] = await tx.db
    .insert(followers)
    .values({ name, entryNumber: 0 })
    .onConflictDoUpdate({ target: followers.name, set: { entryNumber: sql`${followers.entryNumber}` } })
    .returning();
  return row?.entryNumber ?? 0;
}

export async function putPosition(tx: Tx, name: string, entryNumber: number): Promise<void> {
  const { followers } = tx.tables;
  await tx.db.update(followers).set({ entryNumber }).where(eq(followers.name, name));
}

/** Opens an alert, or counts one more on the one that is open: the unique key decides. */
export async function putAlert(tx: Tx, row: AlertRow, keptEvidence: number): Promise<AlertRow> {
  const { alerts } = tx.tables;
  const [open] = await tx.db
    .select()
    .from(alerts)
    .where(eq(alerts.openKey, row.openKey ?? ''));
  const evidence = [...row.evidence, ...(open?.evidence ?? [])].slice(0, keptEvidence);
  const [put] = await tx.db
    .insert(alerts)
    .values(row)
    .onConflictDoUpdate({
      target: alerts.openKey,
      set: { count: sql`${alerts.count} + 1`, lastAtMs: row.lastAtMs, evidence },
    })
    .returning();
  if (!put) throw new Error('an upsert gave no row back');
  return put;
}

/** True for whoever may tell of it, by mail and to the webhook: nobody did, or not since `beforeMs`. */
export async function takeToTell(tx: Tx, id: AlertId, nowMs: number, beforeMs: number): Promise<boolean> {
  const { alerts } = tx.tables;
  const isDue = or(isNull(alerts.mailedAtMs), lt(alerts.mailedAtMs, beforeMs));
  const taken = await tx.db
    .update(alerts)
    .set({ mailedAtMs: nowMs })
    .where(and(eq(alerts.id, id), isDue))
    .returning({ id: alerts.id });
  return taken.length > 0;
}

export async function insertDelivery(tx: Tx, row: DeliveryRow): Promise<void> {
  await tx.db.insert(tx.tables.alertDeliveries).values(row);
}

/** How many events wait, though they were tried, or should have been, before `beforeMs`. */
export async function countUndelivered({ db, tables: { alertDeliveries } }: Reader, beforeMs: number): Promise<number> {
  const { tries, seenAtMs } = alertDeliveries;
  const [counted] = await db
    .select({ events: count() })
    .from(alertDeliveries)
    .where(or(gt(tries, 1), lt(seenAtMs, beforeMs)));
  return counted?.events ?? 0;
}

export async function findAlert(reader: Reader, id: AlertId): Promise<AlertRow | null> {
  const { alerts } = reader.tables;
  const [row] = await reader.db.select().from(alerts).where(eq(alerts.id, id));
  return row ?? null;
}

export async function findApiKeyName(reader: Reader, id: ApiKeyId): Promise<string | null> {
  const { apiKeys } = reader.tables;
  const [row] = await reader.db.select({ name: apiKeys.name }).from(apiKeys).where(eq(apiKeys.id, id));
  return row?.name ?? null;
}

/** Newest first. */
export async function listAlerts(
  reader: Reader,
  status: AlertRow['status'] | undefined,
  before: Cursor | null,
  limit: number,
): Promise<AlertRow[]> {
  const { alerts } = reader.tables;
  return reader.db
    .select()
    .from(alerts)
    .where(and(status && eq(alerts.status, status), isAfter(before, alerts.firstAtMs, alerts.id)))
    .orderBy(desc(alerts.firstAtMs), desc(alerts.id))
    .limit(limit);
}

/** Null when it isn't open any more. */
export async function closeAlert(
  tx: Tx,
  id: AlertId,
  decision: { status: 'acknowledged' | 'dismissed'; decidedBy: string; decidedAtMs: number },
): Promise<AlertRow | null> {
  const { alerts } = tx.tables;
  const [row] = await tx.db
    .update(alerts)
    .set({ ...decision, openKey: null })
    .where(and(eq(alerts.id, id), eq(alerts.status, 'open')))
    .returning();
  return row ?? null;
}
