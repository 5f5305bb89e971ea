import type { AccountId } from '@latchkey/schemas';
import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  lte,
  notInArray,
  or,
  sql,
  type InferSelectModel,
} from 'drizzle-orm';

import { holesOf, isAfter, writeStatement, type Holes, type Reader, type Tables, type Tx } from '../storage/index.ts';

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

const numberTaken = writeStatement('audit_number_taken', (db, { auditHead }) =>
  db
    .insert(auditHead)
    .values({ id: HEAD_ID, number: 1, digest: '' })
    .onConflictDoUpdate({ target: auditHead.id, set: { number: sql`${auditHead.number} + 1` } })
    .returning(),
);

/**
 * Takes the next number, and the digest of the entry before. From here to the end of the transaction the row is locked, so
 * that entries come one after the other whoever makes them.
 */
export async function takeNumber(tx: Tx): Promise<Head> {
  const [head] = await tx.run(numberTaken);
  if (!head) throw new Error('the end of the audit chain is missing');
  return head;
}

const entryAppended = writeStatement('audit_entry_appended', (db, { auditEntries }, given: Holes<EntryRow>) =>
  db.insert(auditEntries).values(holesOf(auditEntries, given)),
);

const headMoved = writeStatement('audit_head_moved', (db, { auditHead }, given: Holes<{ digest: string }>) =>
  db
    .update(auditHead)
    .set({ digest: sql`${given.digest}` })
    .where(eq(auditHead.id, HEAD_ID)),
);

export async function appendEntry(tx: Tx, entry: EntryRow): Promise<void> {
  await tx.run(entryAppended, entry);
  await tx.run(headMoved, { digest: entry.digest });
}

/** By these a stranger tells more of themselves than of the account that they try to get into. */
const BY_STRANGERS = ['sign_in.failed', 'sign_in.limited', 'session.refresh_reused'];

/**
 * Takes name and address of the account's own acts, and what acts on it, its passkeys and its API keys tell of the person.
 * Entries from before there were digests of that stay as they are: the chain holds it itself.
 */
export async function eraseFrom(tx: Tx, accountId: AccountId): Promise<void> {
  const { auditEntries, apiKeys } = tx.tables;
  const { actorId, actorKind, act, targetKind, targetId } = auditEntries;
  const isOfAccount = and(eq(targetKind, 'account'), eq(targetId, accountId));
  const byNobody = and(eq(actorKind, 'anonymous'), isOfAccount, notInArray(act, BY_STRANGERS));
  await tx.db
    .update(auditEntries)
    .set({ actorName: null, address: null, actorSalt: null })
    .where(and(isNotNull(auditEntries.actorDigest), or(eq(actorId, accountId), byNobody)));
  const itsKeys = tx.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  const isOfPasskey = and(eq(targetKind, 'passkey'), eq(actorId, accountId));
  const isOfKey = and(eq(targetKind, 'api_key'), inArray(targetId, itsKeys));
  await tx.db
    .update(auditEntries)
    .set({ targetName: null, personalDetails: null, targetSalt: null })
    .where(and(isNotNull(auditEntries.targetDigest), or(isOfAccount, isOfPasskey, isOfKey)));
}

/** Newest first. */
export async function listEntries(
  reader: Reader,
  filter: EntryFilter,
  before: { createdAtMs: number; id: number } | null,
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
        isAfter(before, auditEntries.atMs, auditEntries.number),
      ),
    )
    .orderBy(desc(auditEntries.atMs), desc(auditEntries.number))
    .limit(limit);
}

export async function listEntriesAbout(reader: Reader, accountId: AccountId, limit: number): Promise<EntryRow[]> {
  const { auditEntries, apiKeys } = reader.tables;
  const { actorId, targetId, number } = auditEntries;
  const itsKeys = reader.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  return reader.db
    .select()
    .from(auditEntries)
    .where(or(eq(actorId, accountId), eq(targetId, accountId), inArray(targetId, itsKeys)))
    .orderBy(desc(number))
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
