import { and, asc, desc, eq, gt, gte, lte, sql, type InferSelectModel } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';

export type EntryRow = InferSelectModel<Tables['auditEntries']>;
export type Head = { number: number; digest: string };

const HEAD_ID = 1;

export type EntryFilter = {
  act?: string | undefined;
  actorId?: string | undefined;
  targetId?: string | undefined;
  fromMs?: number | undefined;
  untilMs?: number | undefined;
};

/**
 * Takes the next number, and the digest of the entry before. From here to the end of the transaction the row is locked, so
 * that entries come one after the other whoever makes them.
 */
export async function takeNumber(tx: Tx): Promise<Head> {
  const { auditHead } = tx.tables;
  const [head] = await tx.db
    .insert(auditHead)
    .values({ id: HEAD_ID, number: 1, digest: '' })
    .onConflictDoUpdate({ target: auditHead.id, set: { number: sql`${auditHead.number} + 1` } })
    .returning();
  if (!head) throw new Error('the end of the audit chain is missing');
  return head;
}

export async function appendEntry(tx: Tx, entry: EntryRow): Promise<void> {
  const { auditEntries, auditHead } = tx.tables;
  await tx.db.insert(auditEntries).values(entry);
  await tx.db.update(auditHead).set({ digest: entry.digest }).where(eq(auditHead.id, HEAD_ID));
}

/** Newest first. */
export async function listEntries(
  reader: Reader,
  filter: EntryFilter,
  before: { atMs: number; number: number } | null,
  limit: number,
): Promise<EntryRow[]> {
  const { auditEntries } = reader.tables;
  return reader.db
    .select()
    .from(auditEntries)
    .where(
      and(
        filter.act === undefined ? undefined : eq(auditEntries.act, filter.act),
        filter.actorId === undefined ? undefined : eq(auditEntries.actorId, filter.actorId),
        filter.targetId === undefined ? undefined : eq(auditEntries.targetId, filter.targetId),
        filter.fromMs === undefined ? undefined : gte(auditEntries.atMs, filter.fromMs),
        filter.untilMs === undefined ? undefined : lte(auditEntries.atMs, filter.untilMs),
        before === null
          ? undefined
          : sql`(${auditEntries.atMs}, ${auditEntries.number}) < (${before.atMs}, ${before.number})`,
      ),
    )
    .orderBy(desc(auditEntries.atMs), desc(auditEntries.number))
    .limit(limit);
}

/** In the chain's order. */
export async function entriesAfter(reader: Reader, number: number, limit: number): Promise<EntryRow[]> {
  const { auditEntries } = reader.tables;
  return reader.db
    .select()
    .from(auditEntries)
    .where(gt(auditEntries.number, number))
    .orderBy(asc(auditEntries.number))
    .limit(limit);
}

export async function findHead(reader: Reader): Promise<Head> {
  const [head] = await reader.db.select().from(reader.tables.auditHead);
  return head ?? { number: 0, digest: '' };
}
