import type { ApiKeyId, Counts } from '@latchkey/schemas';
import {
  and,
  asc,
  desc,
  eq,
  gte,
  inArray,
  lt,
  lte,
  sql,
  type InferSelectModel,
  type Placeholder,
  type SQL,
  type SQLWrapper,
} from 'drizzle-orm';

import {
  givenRows,
  givenWhole,
  holdingRows,
  readStatement,
  writeStatement,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';

export type HourRow = InferSelectModel<Tables['apiKeyUsage']>;
export type DayRow = InferSelectModel<Tables['apiKeyUsageDays']>;
export type ProcedureSum = Counts & { atMs: number; procedure: string };
export type PermissionsSum = Counts & { permissions: string };
export type SourceRow = InferSelectModel<Tables['apiKeySources']>;

const hoursAdded = writeStatement('usage_hours_added', (db, { apiKeyUsage: table }, given: Holes<{ rows: string }>) =>
  db
    .insert(table)
    .select(givenWhole(table, given.rows))
    .onConflictDoUpdate({
      target: [table.apiKeyId, table.hourMs, table.procedure, table.permissions],
      set: additions(table),
    }),
);

/** Adds to what is counted already. No two of the rows are about the same. */
export async function addHours(tx: Tx, added: readonly HourRow[]): Promise<void> {
  await tx.run(hoursAdded, { rows: JSON.stringify(added) });
}

const daysAdded = writeStatement('usage_days_added', (db, { apiKeyUsageDays: table }, given: Holes<{ rows: string }>) =>
  db
    .insert(table)
    .select(givenWhole(table, given.rows))
    .onConflictDoUpdate({ target: [table.apiKeyId, table.dayMs], set: additions(table) }),
);

export async function addDays(tx: Tx, added: readonly DayRow[]): Promise<void> {
  await tx.run(daysAdded, { rows: JSON.stringify(added) });
}

function additions(
  table: Tables['apiKeyUsage'] | Tables['apiKeyUsageDays'],
): Record<'ok' | 'denied' | 'limited' | 'failed', SQL> {
  return {
    ok: sql`${table.ok} + excluded.ok`,
    denied: sql`${table.denied} + excluded.denied`,
    limited: sql`${table.limited} + excluded.limited`,
    failed: sql`${table.failed} + excluded.failed`,
  };
}

const sourcesAdded = writeStatement(
  'usage_sources_added',
  (db, { apiKeySources: table }, given: Holes<{ rows: string }>) =>
    db
      .insert(table)
      .select(givenWhole(table, given.rows))
      .onConflictDoUpdate({
        target: [table.apiKeyId, table.network, table.agent],
        set: {
          calls: sql`${table.calls} + excluded.calls`,
          lastSeenAtMs: sql`excluded.last_seen_at_ms`,
          previousSecretAtMs: sql`coalesce(excluded.previous_secret_at_ms, ${table.previousSecretAtMs})`,
        },
      })
      .returning({ id: table.apiKeyId, firstSeenAtMs: table.firstSeenAtMs, lastSeenAtMs: table.lastSeenAtMs }),
);

/** Returns the keys that were seen from somewhere new. */
export async function addSources(tx: Tx, added: readonly SourceRow[]): Promise<ApiKeyId[]> {
  const written = await tx.run(sourcesAdded, { rows: JSON.stringify(added) });
  return written.flatMap(({ id, firstSeenAtMs, lastSeenAtMs }) => (firstSeenAtMs === lastSeenAtMs ? [id] : []));
}

const withStatus = writeStatement('keys_with_status', (db, { apiKeys, accounts }, given: Holes<{ rows: string }>) =>
  holdingRows(
    db
      .select({ id: apiKeys.id, status: accounts.status })
      .from(apiKeys)
      .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
      .where(isAmong(given.rows, apiKeys.id)),
    accounts,
  ),
);

/** Which of the keys are of closed accounts. Of the others none is closed until the transaction is over. */
export async function keysOfClosed(tx: Tx, ids: readonly ApiKeyId[]): Promise<ReadonlySet<ApiKeyId>> {
  const found = await tx.run(withStatus, { rows: rowsOfIds(ids) });
  return new Set(found.flatMap(({ id, status }) => (status === 'closed' ? [id] : [])));
}

const seenBefore = readStatement(
  'keys_seen_before',
  (db, { apiKeySources: table }, given: Holes<{ rows: string; beforeMs: number }>) => {
    const isBefore = lte(table.firstSeenAtMs, given.beforeMs);
    return db
      .selectDistinct({ id: table.apiKeyId })
      .from(table)
      .where(and(isAmong(given.rows, table.apiKeyId), isBefore));
  },
);

/** Which of the keys were in use by then. */
export async function keysSeenBefore(tx: Tx, ids: readonly ApiKeyId[], beforeMs: number): Promise<ApiKeyId[]> {
  if (ids.length === 0) return [];
  const found = await tx.run(seenBefore, { rows: rowsOfIds(ids), beforeMs });
  return found.map(({ id }) => id);
}

function isAmong(
  rows: Placeholder<string, string>,
  column: Tables['apiKeySources']['apiKeyId'] | Tables['apiKeys']['id'],
): SQL {
  const { from, row } = givenRows({ id: column }, rows);
  return inArray(column, sql`(select ${row.id} from ${from})`);
}

function rowsOfIds(ids: readonly ApiKeyId[]): string {
  return JSON.stringify(ids.map((id) => ({ id })));
}

const withMoreSources = readStatement(
  'keys_with_more_sources',
  (db, { apiKeySources: table }, given: Holes<{ rows: string; kept: number }>) =>
    db
      .select({ id: table.apiKeyId })
      .from(table)
      .where(isAmong(given.rows, table.apiKeyId))
      .groupBy(table.apiKeyId)
      .having(sql`count(*) > ${given.kept}`),
);

/** Which of the keys have more sources than are kept. */
export async function keysWithMoreSources(tx: Tx, ids: readonly ApiKeyId[], kept: number): Promise<ApiKeyId[]> {
  if (ids.length === 0) return [];
  const found = await tx.run(withMoreSources, { rows: rowsOfIds(ids), kept });
  return found.map(({ id }) => id);
}

/** Keeps the key's latest sources. */
export async function trimSources(tx: Tx, id: ApiKeyId, kept: number): Promise<void> {
  const { apiKeySources: table } = tx.tables;
  const surplus = tx.db
    .select({ network: table.network, agent: table.agent })
    .from(table)
    .where(eq(table.apiKeyId, id))
    .orderBy(desc(table.lastSeenAtMs), asc(table.network), asc(table.agent))
    .limit(1_000)
    .offset(kept);
  await tx.db.delete(table).where(and(eq(table.apiKeyId, id), sql`(${table.network}, ${table.agent}) in (${surplus})`));
}

/** Latest first. */
export async function listSources(reader: Reader, id: ApiKeyId): Promise<SourceRow[]> {
  const { apiKeySources: table } = reader.tables;
  return reader.db
    .select()
    .from(table)
    .where(eq(table.apiKeyId, id))
    .orderBy(desc(table.lastSeenAtMs), asc(table.network), asc(table.agent));
}

/** A key's calls since then by procedure and so long a time: the database adds up what may be a row an hour. */
export async function sumByProcedure(
  reader: Reader,
  id: ApiKeyId,
  fromMs: number,
  unitMs: number,
): Promise<ProcedureSum[]> {
  const { apiKeyUsage: table } = reader.tables;
  const atMs = sql`${table.hourMs} - ${table.hourMs} % ${unitMs}`.mapWith(Number).as('at_ms');
  return reader.db
    .select({ atMs, procedure: table.procedure, ...sums(table) })
    .from(table)
    .where(and(eq(table.apiKeyId, id), gte(table.hourMs, fromMs)))
    .groupBy(atMs, table.procedure);
}

/** The same by the permissions that they relied on. */
export async function sumByPermissions(reader: Reader, id: ApiKeyId, fromMs: number): Promise<PermissionsSum[]> {
  const { apiKeyUsage: table } = reader.tables;
  return reader.db
    .select({ permissions: table.permissions, ...sums(table) })
    .from(table)
    .where(and(eq(table.apiKeyId, id), gte(table.hourMs, fromMs)))
    .groupBy(table.permissions);
}

function sums({ ok, denied, limited, failed }: Tables['apiKeyUsage']) {
  const sumOf = (column: SQLWrapper) => sql`sum(${column})`.mapWith(Number);
  return { ok: sumOf(ok), denied: sumOf(denied), limited: sumOf(limited), failed: sumOf(failed) };
}

export async function listDays(reader: Reader, ids: readonly ApiKeyId[], fromMs: number): Promise<DayRow[]> {
  if (ids.length === 0) return [];
  const { apiKeyUsageDays: table } = reader.tables;
  return reader.db
    .select()
    .from(table)
    .where(and(inArray(table.apiKeyId, [...ids]), gte(table.dayMs, fromMs)));
}

/** The oldest ones that began before. Returns how many went. */
export async function removeHours(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const { apiKeyUsage: table } = tx.tables;
  const { apiKeyId, hourMs, procedure, permissions } = table;
  const old = tx.db
    .select({ apiKeyId, hourMs, procedure, permissions })
    .from(table)
    .where(lt(hourMs, beforeMs))
    .orderBy(asc(hourMs))
    .limit(limit);
  const removed = await tx.db
    .delete(table)
    .where(sql`(${apiKeyId}, ${hourMs}, ${procedure}, ${permissions}) in (${old})`)
    .returning({ hourMs });
  return removed.length;
}

/** The oldest ones that began before. Returns how many went. */
export async function removeDays(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const { apiKeyUsageDays: table } = tx.tables;
  const { apiKeyId, dayMs } = table;
  const old = tx.db.select({ apiKeyId, dayMs }).from(table).where(lt(dayMs, beforeMs)).orderBy(asc(dayMs)).limit(limit);
  const removed = await tx.db
    .delete(table)
    .where(sql`(${apiKeyId}, ${dayMs}) in (${old})`)
    .returning({ dayMs });
  return removed.length;
}

const quotaOfKey = readStatement('quota_of_key', (db, { apiKeyQuotas }, given: Holes<{ id: ApiKeyId }>) =>
  db.select().from(apiKeyQuotas).where(eq(apiKeyQuotas.apiKeyId, given.id)),
);

/** How much of the period's quota is taken. */
export async function findUsed(reader: Reader, id: ApiKeyId, periodEndsAtMs: number): Promise<number> {
  const [row] = await reader.run(quotaOfKey, { id });
  return row?.periodEndsAtMs === periodEndsAtMs ? row.used : 0;
}

/** Takes up to so many from the period, never beyond the limit: how many it got. The row is locked until the transaction ends. */
export async function takeFromPeriod(
  tx: Tx,
  { id, periodEndsAtMs, limit, wanted }: { id: ApiKeyId; periodEndsAtMs: number; limit: number; wanted: number },
): Promise<number> {
  const { apiKeyQuotas: table } = tx.tables;
  const isSamePeriod = sql`${table.periodEndsAtMs} = ${periodEndsAtMs}`;
  const [row] = await tx.db
    .insert(table)
    .values({ apiKeyId: id, periodEndsAtMs, used: wanted })
    .onConflictDoUpdate({
      target: table.apiKeyId,
      set: { periodEndsAtMs, used: sql`case when ${isSamePeriod} then ${table.used} + ${wanted} else ${wanted} end` },
    })
    .returning();
  if (!row) throw new Error('an upsert gave no row back');
  const beyond = Math.min(wanted, Math.max(0, row.used - limit));
  if (beyond > 0) await giveBack(tx, id, periodEndsAtMs, beyond);
  return wanted - beyond;
}

export async function giveBack(tx: Tx, id: ApiKeyId, periodEndsAtMs: number, count: number): Promise<void> {
  const { apiKeyQuotas: table } = tx.tables;
  await tx.db
    .update(table)
    .set({ used: sql`${table.used} - ${count}` })
    .where(and(eq(table.apiKeyId, id), eq(table.periodEndsAtMs, periodEndsAtMs)));
}
