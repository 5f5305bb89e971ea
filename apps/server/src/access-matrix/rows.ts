import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { asc, eq } from 'drizzle-orm';

import type { Reader } from '../storage/index.ts';

export async function findAccount({ db, tables: { accounts } }: Reader, id: AccountId) {
  const { kind, name, status } = accounts;
  const [found] = await db.select({ id: accounts.id, kind, name, status }).from(accounts).where(eq(accounts.id, id));
  return found ?? null;
}

export type AccountRow = NonNullable<Awaited<ReturnType<typeof findAccount>>>;

export async function rolesOf({ db, tables: { accountRoles } }: Reader, id: AccountId): Promise<string[]> {
  const found = await db
    .select({ role: accountRoles.role })
    .from(accountRoles)
    .where(eq(accountRoles.accountId, id))
    .orderBy(asc(accountRoles.role));
  return found.map(({ role }) => role);
}

export async function findApiKey({ db, tables: { apiKeys } }: Reader, id: ApiKeyId) {
  const { name, accountId, permissions, expiresAtMs, revokedAtMs } = apiKeys;
  const [found] = await db
    .select({ id: apiKeys.id, name, accountId, permissions, expiresAtMs, revokedAtMs })
    .from(apiKeys)
    .where(eq(apiKeys.id, id));
  return found ?? null;
}

/** Some accounts that have the role, at most `limit`: nothing is counted to its end for a page. */
export async function someAccountsWith(
  { db, tables: { accountRoles, accounts } }: Reader,
  role: string,
  limit: number,
) {
  return db
    .select({ kind: accounts.kind, status: accounts.status })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .where(eq(accountRoles.role, role))
    .limit(limit);
}

/** Some keys of accounts that have the role, at most `limit`. */
export async function someKeysWith({ db, tables }: Reader, role: string, limit: number) {
  const { accountRoles, accounts, apiKeys } = tables;
  const { permissions, expiresAtMs, revokedAtMs } = apiKeys;
  return db
    .select({ permissions, expiresAtMs, revokedAtMs, kind: accounts.kind, status: accounts.status })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .innerJoin(apiKeys, eq(apiKeys.accountId, accountRoles.accountId))
    .where(eq(accountRoles.role, role))
    .limit(limit);
}
