import type { AccountId, ApiKeyId, AppId, PermissionName, SessionId } from '@latchkey/schemas';
import { and, eq } from 'drizzle-orm';

import { findFactorDueAtMs } from '../permissions/index.ts';
import { readStatement, type Holes, type Reader, type Tables } from '../storage/index.ts';

/*
 * What is read on every request: one statement for each kind of credential. A row for each of the account's
 * roles comes back, or one with a null role where there are none.
 */

function accountColumns({ accounts, accountRoles, roles }: Tables) {
  return {
    accountId: accounts.id,
    kind: accounts.kind,
    name: accounts.name,
    email: accounts.email,
    status: accounts.status,
    role: accountRoles.role,
    rolePermissions: roles.permissions,
    secondFactorFromMs: roles.secondFactorFromMs,
  };
}

export type AccountState = {
  accountId: AccountId;
  kind: 'person' | 'service';
  name: string;
  email: string | null;
  status: 'active' | 'invited' | 'disabled' | 'closed';
  role: string | null;
  rolePermissions: PermissionName[] | null;
  secondFactorFromMs: number | null;
};

const bySession = readStatement('identity_by_session', (db, tables, given: Holes<{ id: SessionId }>) => {
  const { sessions, accounts, accountRoles, roles } = tables;
  return db
    .select({
      ...accountColumns(tables),
      authenticatedAtMs: sessions.authenticatedAtMs,
      lastUsedAtMs: sessions.lastUsedAtMs,
      expiresAtMs: sessions.expiresAtMs,
      endedAtMs: sessions.endedAtMs,
    })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .leftJoin(accountRoles, eq(accountRoles.accountId, accounts.id))
    .leftJoin(roles, eq(roles.name, accountRoles.role))
    .where(eq(sessions.id, given.id));
});

const byApiKey = readStatement('identity_by_api_key', (db, tables, given: Holes<{ id: ApiKeyId }>) => {
  const { apiKeys, accounts, accountRoles, roles } = tables;
  return db
    .select({
      ...accountColumns(tables),
      secretDigest: apiKeys.secretDigest,
      previousSecretDigest: apiKeys.previousSecretDigest,
      previousSecretUntilMs: apiKeys.previousSecretUntilMs,
      keyPermissions: apiKeys.permissions,
      allowQuery: apiKeys.allowQuery,
      ipAllowList: apiKeys.ipAllowList,
      rateLimit: apiKeys.rateLimit,
      quota: apiKeys.quota,
      expiresAtMs: apiKeys.expiresAtMs,
      rotatedAtMs: apiKeys.rotatedAtMs,
      revokedAtMs: apiKeys.revokedAtMs,
    })
    .from(apiKeys)
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .leftJoin(accountRoles, eq(accountRoles.accountId, accounts.id))
    .leftJoin(roles, eq(roles.name, accountRoles.role))
    .where(eq(apiKeys.id, given.id));
});

const byFamily = readStatement('identity_by_family', (db, { artifacts, apps }, given: Holes<{ idDigest: string }>) =>
  db
    .select({
      appId: artifacts.appId,
      accountId: artifacts.accountId,
      payload: artifacts.payload,
      expiresAtMs: artifacts.expiresAtMs,
      disabledAtMs: apps.disabledAtMs,
    })
    .from(artifacts)
    .leftJoin(apps, eq(apps.id, artifacts.appId))
    .where(and(eq(artifacts.idDigest, given.idDigest), eq(artifacts.model, 'Grant'))),
);

const byApp = readStatement('identity_by_app', (db, { apps }, given: Holes<{ id: AppId }>) =>
  db
    .select({ id: apps.id, name: apps.name, scopes: apps.scopes, disabledAtMs: apps.disabledAtMs })
    .from(apps)
    .where(eq(apps.id, given.id)),
);

export function createStates(reader: Reader) {
  return {
    /** What an app may do for a person, by its digest. */
    byFamily: async (idDigest: string) => (await reader.run(byFamily, { idDigest }))[0],
    byApp: async (id: AppId) => (await reader.run(byApp, { id }))[0],
    bySession: (id: SessionId) => reader.run(bySession, { id }),
    byApiKey: (id: ApiKeyId) => reader.run(byApiKey, { id }),
    /** From when on the account needs a second factor that it lacks. */
    factorDue: (accountId: AccountId) => findFactorDueAtMs(reader, accountId),
  };
}

export type States = ReturnType<typeof createStates>;
export type SessionState = Awaited<ReturnType<States['bySession']>>[number];
export type ApiKeyState = Awaited<ReturnType<States['byApiKey']>>[number];
