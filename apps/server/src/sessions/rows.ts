import type { AccountId, SessionId } from '@latchkey/schemas';
import { and, desc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, sql, type InferSelectModel } from 'drizzle-orm';

import {
  givenRows,
  holesOf,
  readStatement,
  writeStatement,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';

export type SessionRow = InferSelectModel<Tables['sessions']>;

const sessionInserted = writeStatement('session_inserted', (db, { sessions }, given: Holes<SessionRow>) =>
  db.insert(sessions).values(holesOf(sessions, given)),
);

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.run(sessionInserted, row);
}

export async function findSession(reader: Reader, id: SessionId): Promise<SessionRow | null> {
  const { sessions } = reader.tables;
  const [row] = await reader.db.select().from(sessions).where(eq(sessions.id, id));
  return row ?? null;
}

/** The account's sessions that aren't over, newest first. */
export async function listLiveSessions(reader: Reader, accountId: AccountId, nowMs: number): Promise<SessionRow[]> {
  const { sessions } = reader.tables;
  return reader.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.accountId, accountId), isNull(sessions.endedAtMs), gt(sessions.expiresAtMs, nowMs)))
    .orderBy(desc(sessions.createdAtMs))
    .limit(200);
}

const latestAddresses = readStatement(
  'latest_addresses',
  (db, { sessions }, given: Holes<{ accountId: AccountId; limit: number }>) =>
    db
      .select({ address: sessions.address })
      .from(sessions)
      .where(eq(sessions.accountId, given.accountId))
      .orderBy(desc(sessions.createdAtMs))
      .limit(given.limit),
);

/** Where the account's latest sessions were last used from, ended ones as well. */
export async function listAddresses(reader: Reader, accountId: AccountId, limit: number): Promise<string[]> {
  const found = await reader.run(latestAddresses, { accountId, limit });
  return found.map(({ address }) => address);
}

/** Puts the successor in the place of the presented refresh token; null when another call was faster or the session is over. */
export async function replaceRefreshDigest(
  tx: Tx,
  change: { id: SessionId; presented: string; successor: string; nowMs: number },
): Promise<SessionRow | null> {
  const { sessions } = tx.tables;
  const [row] = await tx.db
    .update(sessions)
    .set({
      refreshDigest: change.successor,
      previousRefreshDigest: change.presented,
      refreshedAtMs: change.nowMs,
      lastUsedAtMs: change.nowMs,
    })
    .where(and(eq(sessions.id, change.id), eq(sessions.refreshDigest, change.presented), isNull(sessions.endedAtMs)))
    .returning();
  return row ?? null;
}

/** The session goes on under a new id and a new refresh token: what was known of it before is worth nothing. */
export async function renewSession(
  tx: Tx,
  id: SessionId,
  renewed: Pick<SessionRow, 'id' | 'refreshDigest' | 'authenticatedAtMs'>,
): Promise<boolean> {
  const { sessions, artifacts } = tx.tables;
  const { authenticatedAtMs: nowMs } = renewed;
  // What apps hold of it goes along.
  await tx.db.update(artifacts).set({ sessionId: renewed.id }).where(eq(artifacts.sessionId, id));
  const updated = await tx.db
    .update(sessions)
    .set({ ...renewed, previousRefreshDigest: null, refreshedAtMs: nowMs, lastUsedAtMs: nowMs })
    .where(and(eq(sessions.id, id), isNull(sessions.endedAtMs)))
    .returning({ id: sessions.id });
  return updated.length > 0;
}

const sessionsUsed = writeStatement('sessions_used', (db, { sessions }, given: Holes<{ rows: string }>) => {
  const { id, lastUsedAtMs, address, endedAtMs } = sessions;
  const { from, row } = givenRows({ id, atMs: lastUsedAtMs, address }, given.rows);
  return (
    db
      .update(sessions)
      .set({ lastUsedAtMs: row.atMs, address: sql`coalesce(${row.address}, ${address})` })
      .from(from)
      // Another instance may have written a later use. And what was ended meanwhile may be of an account that was closed: nothing is
      // written of it any more.
      .where(and(eq(id, row.id), lte(lastUsedAtMs, row.atMs), isNull(endedAtMs)))
  );
});

export async function markUsed(
  tx: Tx,
  uses: readonly { id: SessionId; atMs: number; address: string | null }[],
): Promise<void> {
  await tx.run(sessionsUsed, { rows: JSON.stringify(uses) });
}

/** Ends one of the account's sessions; false when there is no such live one. */
export async function endSession(tx: Tx, accountId: AccountId, id: SessionId, nowMs: number): Promise<boolean> {
  const { sessions } = tx.tables;
  const ended = await tx.db
    .update(sessions)
    .set({ endedAtMs: nowMs })
    .where(and(eq(sessions.id, id), eq(sessions.accountId, accountId), isNull(sessions.endedAtMs)))
    .returning({ id: sessions.id });
  return ended.length > 0;
}

/** Ends the account's sessions, but for `keep`, and says which: those that only grew old too, where an app holds something of them. */
export async function endSessions(
  tx: Tx,
  accountId: AccountId,
  nowMs: number,
  keep: SessionId | null,
): Promise<SessionId[]> {
  const { sessions, artifacts } = tx.tables;
  const heldByApps = tx.db
    .select({ id: artifacts.sessionId })
    .from(artifacts)
    .where(and(eq(artifacts.accountId, accountId), isNotNull(artifacts.sessionId)));
  const ended = await tx.db
    .update(sessions)
    .set({ endedAtMs: nowMs })
    .where(
      and(
        eq(sessions.accountId, accountId),
        isNull(sessions.endedAtMs),
        or(gt(sessions.expiresAtMs, nowMs), inArray(sessions.id, heldByApps)),
        ...(keep === null ? [] : [ne(sessions.id, keep)]),
      ),
    )
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}
