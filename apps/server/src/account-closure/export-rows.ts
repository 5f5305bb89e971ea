import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { and, asc, desc, eq, gt, inArray, isNull, or } from 'drizzle-orm';

import type { Reader } from '../storage/index.ts';

/*
 * What is kept of one account, the newest first. Columns are named one by one where a row holds what opens something.
 */

export async function listSessions({ db, tables: { sessions } }: Reader, accountId: AccountId, limit: number) {
  const { id, createdAtMs, lastUsedAtMs, expiresAtMs, endedAtMs, userAgent, address } = sessions;
  return db
    .select({ id, createdAtMs, lastUsedAtMs, expiresAtMs, endedAtMs, userAgent, address })
    .from(sessions)
    .where(eq(sessions.accountId, accountId))
    .orderBy(desc(createdAtMs), desc(id))
    .limit(limit);
}

export async function listBrowsers({ db, tables: { knownDevices } }: Reader, accountId: AccountId) {
  const { createdAtMs, lastSignInAtMs, userAgent, network, trustedUntilMs } = knownDevices;
  return db
    .select({ createdAtMs, lastSignInAtMs, userAgent, network, trustedUntilMs })
    .from(knownDevices)
    .where(eq(knownDevices.accountId, accountId))
    .orderBy(desc(lastSignInAtMs));
}

export async function listApiKeys({ db, tables: { apiKeys } }: Reader, accountId: AccountId, limit: number) {
  const { id, name, permissions, allowQuery, ipAllowList, rateLimit, quota } = apiKeys;
  const { createdAtMs, expiresAtMs, rotatedAtMs, revokedAtMs, lastUsedAtMs } = apiKeys;
  const times = { createdAtMs, expiresAtMs, rotatedAtMs, revokedAtMs, lastUsedAtMs };
  return db
    .select({ id, name, permissions, allowQuery, ipAllowList, rateLimit, quota, ...times })
    .from(apiKeys)
    .where(eq(apiKeys.accountId, accountId))
    .orderBy(desc(createdAtMs), desc(id))
    .limit(limit);
}

function keyIdsOf({ db, tables: { apiKeys } }: Reader, accountId: AccountId) {
  return db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.accountId, accountId));
}

export async function listUsage(reader: Reader, accountId: AccountId, limit: number) {
  const { apiKeyUsageDays } = reader.tables;
  return reader.db
    .select()
    .from(apiKeyUsageDays)
    .where(inArray(apiKeyUsageDays.apiKeyId, keyIdsOf(reader, accountId)))
    .orderBy(desc(apiKeyUsageDays.dayMs), asc(apiKeyUsageDays.apiKeyId))
    .limit(limit);
}

/** A key keeps the latest few. */
export async function listSources(reader: Reader, ids: readonly ApiKeyId[]) {
  if (ids.length === 0) return [];
  const { apiKeySources } = reader.tables;
  return reader.db
    .select()
    .from(apiKeySources)
    .where(inArray(apiKeySources.apiKeyId, [...ids]))
    .orderBy(desc(apiKeySources.lastSeenAtMs));
}

export async function listOpenLinks({ db, tables: { links } }: Reader, accountId: AccountId, nowMs: number) {
  const { purpose, email, createdAtMs, expiresAtMs } = links;
  return db
    .select({ purpose, email, createdAtMs, expiresAtMs })
    .from(links)
    .where(and(eq(links.accountId, accountId), isNull(links.usedAtMs), gt(links.expiresAtMs, nowMs)))
    .orderBy(desc(createdAtMs));
}

export async function listDenials({ db, tables: { denials } }: Reader, accountId: AccountId, limit: number) {
  const { atMs, code, procedure, missing, address, userAgent } = denials;
  return db
    .select({ atMs, code, procedure, missing, address, userAgent })
    .from(denials)
    .where(eq(denials.accountId, accountId))
    .orderBy(desc(denials.number))
    .limit(limit);
}

export async function listAlerts(reader: Reader, accountId: AccountId, limit: number) {
  const { alerts } = reader.tables;
  const { code, status, count, firstAtMs, lastAtMs } = alerts;
  const isAboutAccount = and(eq(alerts.subjectKind, 'account'), eq(alerts.subjectId, accountId));
  const isAboutKey = and(eq(alerts.subjectKind, 'api_key'), inArray(alerts.subjectId, keyIdsOf(reader, accountId)));
  return reader.db
    .select({ code, status, count, firstAtMs, lastAtMs })
    .from(alerts)
    .where(or(isAboutAccount, isAboutKey))
    .orderBy(desc(firstAtMs), desc(alerts.id))
    .limit(limit);
}
