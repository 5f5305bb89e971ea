import { CLOSED_ACCOUNT, type AccountId, type Alert, type ApiKeyId } from '@latchkey/schemas';
import { and, eq, inArray, or, sql } from 'drizzle-orm';

import { contains, type Tx } from '../storage/index.ts';

/** All it ever had, those included that had ended. */
export async function listKeyIds(tx: Tx, accountId: AccountId): Promise<ApiKeyId[]> {
  const { apiKeys } = tx.tables;
  const found = await tx.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  return found.map(({ id }) => id);
}

/** What is left of the account is its row, without anything of the person: others point to it. */
export async function emptyAccount(tx: Tx, accountId: AccountId, email: string): Promise<void> {
  const { accounts, accountRoles, links, totpSecrets, recoveryCodes } = tx.tables;
  await tx.db
    .update(accounts)
    .set({
      status: 'closed',
      email: null,
      name: CLOSED_ACCOUNT,
      passwordHash: null,
      passwordChangedAtMs: null,
      lastSignInAtMs: null,
      emailVerifiedAtMs: null,
    })
    .where(eq(accounts.id, accountId));
  await tx.db.delete(accountRoles).where(eq(accountRoles.accountId, accountId));
  await tx.db.delete(links).where(or(eq(links.accountId, accountId), eq(links.email, email)));
  await tx.db.delete(totpSecrets).where(eq(totpSecrets.accountId, accountId));
  await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
}

/** Sessions and keys stay as ended ones, so that whoever still has one is told so; from where they were used goes. */
export async function emptyCredentials(tx: Tx, accountId: AccountId): Promise<void> {
  const { sessions, apiKeys, apiKeySources } = tx.tables;
  await tx.db.update(sessions).set({ userAgent: '', address: '' }).where(eq(sessions.accountId, accountId));
  const itsKeys = tx.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  await tx.db.delete(apiKeySources).where(inArray(apiKeySources.apiKeyId, itsKeys));
  await tx.db.update(apiKeys).set({ name: CLOSED_ACCOUNT, ipAllowList: [] }).where(eq(apiKeys.accountId, accountId));
}

export async function forgetDenials(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.db.delete(tx.tables.denials).where(eq(tx.tables.denials.accountId, accountId));
}

/** Alerts about the account and its keys, those that the person decided, and those that saw the person at work. */
export async function forgetInAlerts(tx: Tx, accountId: AccountId, email: string): Promise<void> {
  const { alerts, apiKeys } = tx.tables;
  const itsKeys = tx.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
  const isAbout = or(
    and(eq(alerts.subjectKind, 'account'), eq(alerts.subjectId, accountId)),
    and(eq(alerts.subjectKind, 'api_key'), inArray(alerts.subjectId, itsKeys)),
  );
  await tx.db.update(alerts).set({ subjectName: CLOSED_ACCOUNT, evidence: [] }).where(isAbout);
  await tx.db.update(alerts).set({ decidedBy: CLOSED_ACCOUNT }).where(eq(alerts.decidedBy, email));
  await tx.db.delete(alerts).where(and(eq(alerts.subjectKind, 'email'), eq(alerts.subjectId, email)));
  await forgetInEvidence(tx, email);
}

async function forgetInEvidence(tx: Tx, email: string): Promise<void> {
  const { alerts } = tx.tables;
  const found = await tx.db
    .select({ id: alerts.id, evidence: alerts.evidence })
    .from(alerts)
    .where(contains(sql`cast(${alerts.evidence} as text)`, `"${email}"`));
  for (const { id, evidence } of found) {
    const without = evidence.map((each) => (each.actorName === email ? unnamed(each) : each));
    await tx.db.update(alerts).set({ evidence: without }).where(eq(alerts.id, id));
  }
}

const unnamed = (each: Alert['evidence'][number]) => ({ ...each, actorName: CLOSED_ACCOUNT, address: null });
