import type { AccountId, AppId, GrantId, SessionId } from '@latchkey/schemas';
import {
  and,
  desc,
  eq,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  sql,
  type InferSelectModel,
  type SQL,
} from 'drizzle-orm';

import {
  holesOf,
  readStatement,
  writeStatement,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';
import { MINUTE_MS } from '../time/index.ts';

/** A last use is told to the minute: who asks all the time writes it no more often. */
const NOTED_EACH_MS = MINUTE_MS;

export type ArtifactRow = InferSelectModel<Tables['artifacts']>;
export type GrantRow = InferSelectModel<Tables['grants']>;
export type NoticeRow = InferSelectModel<Tables['signOutNotices']>;

/** An artifact with the state of what it hangs on; null where it hangs on no such thing, or that is gone. */
export type ArtifactState = {
  artifact: ArtifactRow;
  account: { status: 'active' | 'invited' | 'disabled' | 'closed' } | null;
  session: { endedAtMs: number | null; expiresAtMs: number; lastUsedAtMs: number } | null;
};

function selectStates(db: Reader['db'], { artifacts, accounts, sessions }: Tables) {
  return db
    .select({
      artifact: artifacts,
      account: { status: accounts.status },
      session: {
        // First, since drizzle takes a joined row for missing where its first column is null.
        id: sessions.id,
        endedAtMs: sessions.endedAtMs,
        expiresAtMs: sessions.expiresAtMs,
        lastUsedAtMs: sessions.lastUsedAtMs,
      },
    })
    .from(artifacts)
    .leftJoin(accounts, eq(accounts.id, artifacts.accountId))
    .leftJoin(sessions, eq(sessions.id, artifacts.sessionId));
}

export type ArtifactName = { model: string; idDigest: string };

const artifactByName = readStatement('artifact_by_name', (db, tables, given: Holes<ArtifactName>) =>
  selectStates(db, tables).where(named(tables, given)),
);

export async function findArtifact(reader: Reader, name: ArtifactName): Promise<ArtifactState | null> {
  const [row] = await reader.run(artifactByName, name);
  return row ?? null;
}

export async function findByUserCode(reader: Reader, userCodeDigest: string): Promise<ArtifactState | null> {
  const { db, tables } = reader;
  const [row] = await selectStates(db, tables).where(eq(tables.artifacts.userCodeDigest, userCodeDigest));
  return row ?? null;
}

function named({ artifacts }: Tables, { model, idDigest }: ArtifactName | Holes<ArtifactName>): SQL | undefined {
  return and(eq(artifacts.idDigest, idDigest), eq(artifacts.model, model));
}

const artifactInserted = writeStatement('artifact_inserted', (db, { artifacts }, given: Holes<ArtifactRow>) =>
  db.insert(artifacts).values(holesOf(artifacts, given)).onConflictDoNothing().returning({ model: artifacts.model }),
);

/** False when there is one of that name already. */
export async function insertArtifact(tx: Tx, row: ArtifactRow): Promise<boolean> {
  return (await tx.run(artifactInserted, row)).length > 0;
}

/** Puts it there or in the place of the one that was. */
export async function putArtifact(tx: Tx, row: ArtifactRow): Promise<void> {
  const { artifacts } = tx.tables;
  const { createdAtMs: _made, consumedAtMs: _consumed, ...changing } = row;
  await tx.db
    .insert(artifacts)
    .values(row)
    .onConflictDoUpdate({ target: [artifacts.idDigest, artifacts.model], set: changing });
}

/** The first one that asks consumes it; false for everybody after. */
export async function consumeArtifact(tx: Tx, name: ArtifactName, nowMs: number): Promise<boolean> {
  const consumed = await tx.db
    .update(tx.tables.artifacts)
    .set({ consumedAtMs: nowMs })
    .where(and(named(tx.tables, name), isNull(tx.tables.artifacts.consumedAtMs)))
    .returning({ model: tx.tables.artifacts.model });
  return consumed.length > 0;
}

export async function deleteArtifact(tx: Tx, name: ArtifactName): Promise<void> {
  await tx.db.delete(tx.tables.artifacts).where(named(tx.tables, name));
}

/** Ends a family: whatever came from it, itself included. False when it had ended already. */
export async function deleteFamily(tx: Tx, familyId: string): Promise<boolean> {
  const { artifacts } = tx.tables;
  const deleted = await tx.db
    .delete(artifacts)
    .where(eq(artifacts.familyId, familyId))
    .returning({ model: artifacts.model });
  return deleted.some(({ model }) => model === 'Grant');
}

export async function deleteOfAccountAndApp(tx: Tx, accountId: AccountId, appId: string): Promise<void> {
  const { artifacts } = tx.tables;
  await tx.db.delete(artifacts).where(and(eq(artifacts.accountId, accountId), eq(artifacts.appId, appId)));
}

/** Ends all that the account has allowed, and whatever came from it; returns what that was. */
export async function endGrantsOf(tx: Tx, accountId: AccountId): Promise<GrantRow[]> {
  const { artifacts, grants } = tx.tables;
  await tx.db.delete(artifacts).where(eq(artifacts.accountId, accountId));
  return tx.db.delete(grants).where(eq(grants.accountId, accountId)).returning();
}

/** Removes up to `limit` of those that are over. Returns how many went. */
export async function sweepArtifacts(tx: Tx, nowMs: number, limit: number): Promise<number> {
  const { artifacts } = tx.tables;
  const over = tx.db
    .select({ idDigest: artifacts.idDigest })
    .from(artifacts)
    .where(lte(artifacts.expiresAtMs, nowMs))
    .limit(limit);
  const removed = await tx.db
    .delete(artifacts)
    .where(and(lte(artifacts.expiresAtMs, nowMs), inArray(artifacts.idDigest, over)))
    .returning({ idDigest: artifacts.idDigest });
  return removed.length;
}

export async function findGrantOf(reader: Reader, accountId: AccountId, appId: string): Promise<GrantRow | null> {
  const { grants } = reader.tables;
  const [row] = await reader.db
    .select()
    .from(grants)
    .where(and(eq(grants.accountId, accountId), eq(grants.appId, appId)));
  return row ?? null;
}

/** The account's, the last used first. */
export async function listGrants(reader: Reader, accountId: AccountId): Promise<GrantRow[]> {
  const { grants } = reader.tables;
  return reader.db
    .select()
    .from(grants)
    .where(eq(grants.accountId, accountId))
    .orderBy(desc(grants.lastUsedAtMs), desc(grants.id))
    .limit(200);
}

export async function putGrant(tx: Tx, row: GrantRow): Promise<void> {
  const { grants } = tx.tables;
  const { appName, scopes, lastUsedAtMs } = row;
  await tx.db
    .insert(grants)
    .values(row)
    .onConflictDoUpdate({ target: [grants.accountId, grants.appId], set: { appName, scopes, lastUsedAtMs } });
}

/** Writes that it was used, unless that was written less than a minute ago. */
export async function markGrantUsed(tx: Tx, accountId: AccountId, appId: string, nowMs: number): Promise<void> {
  const { grants } = tx.tables;
  await tx.db
    .update(grants)
    .set({ lastUsedAtMs: nowMs })
    .where(
      and(eq(grants.accountId, accountId), eq(grants.appId, appId), lt(grants.lastUsedAtMs, nowMs - NOTED_EACH_MS)),
    );
}

/** Takes one of the account's grants away and returns it; null when there is no such one. */
export async function deleteGrant(tx: Tx, accountId: AccountId, id: GrantId): Promise<GrantRow | null> {
  const { grants } = tx.tables;
  const [row] = await tx.db
    .delete(grants)
    .where(and(eq(grants.id, id), eq(grants.accountId, accountId)))
    .returning();
  return row ?? null;
}

const appUsed = writeStatement(
  'app_used',
  (db, { apps }, given: Holes<{ id: string; nowMs: number; beforeMs: number }>) => {
    const isOld = or(isNull(apps.lastUsedAtMs), lt(apps.lastUsedAtMs, given.beforeMs));
    return db
      .update(apps)
      .set({ lastUsedAtMs: sql`${given.nowMs}` })
      .where(and(eq(apps.id, given.id), isOld));
  },
);

/** Writes that the app was used, as of a grant; apps that are described by a document have no row. */
export async function markAppUsed(tx: Tx, id: string, nowMs: number): Promise<void> {
  await tx.run(appUsed, { id, nowMs, beforeMs: nowMs - NOTED_EACH_MS });
}

/** Binds a device's request to the session that looked at it first, and locks it; false for another one's. */
export async function bindDevice(tx: Tx, userCodeDigest: string, sessionId: SessionId): Promise<boolean> {
  const { artifacts } = tx.tables;
  const isFree = or(isNull(artifacts.sessionId), eq(artifacts.sessionId, sessionId));
  const bound = await tx.db
    .update(artifacts)
    .set({ sessionId })
    .where(and(eq(artifacts.userCodeDigest, userCodeDigest), isFree))
    .returning({ model: artifacts.model });
  return bound.length > 0;
}

/** What the engine keeps of our sessions. One that went on under another id has several. */
export async function listShadows(
  reader: Reader,
  sessionIds: readonly SessionId[],
): Promise<Pick<ArtifactRow, 'accountId' | 'payload'>[]> {
  const { artifacts } = reader.tables;
  return reader.db
    .select({ accountId: artifacts.accountId, payload: artifacts.payload })
    .from(artifacts)
    .where(and(inArray(artifacts.sessionId, [...sessionIds]), eq(artifacts.model, 'Session')));
}

/** Which of the apps want to be told of sign-outs. */
export async function listListeningApps(reader: Reader, ids: readonly AppId[]): Promise<AppId[]> {
  const { apps } = reader.tables;
  const found = await reader.db
    .select({ id: apps.id })
    .from(apps)
    .where(and(inArray(apps.id, [...ids]), isNotNull(apps.backchannelLogoutUri)));
  return found.map(({ id }) => id);
}

export async function insertNotices(tx: Tx, notices: NoticeRow[]): Promise<void> {
  if (notices.length > 0) await tx.db.insert(tx.tables.signOutNotices).values(notices).onConflictDoNothing();
}
