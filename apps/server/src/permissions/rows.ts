import { BUILT_IN_ROLES, type AccountId, type BuiltInRole, type PermissionName } from '@latchkey/schemas';
import { and, asc, eq, gt, inArray, isNull, min, notInArray, or, sql, type InferSelectModel } from 'drizzle-orm';

import { readStatement, type Holes, type Reader, type Tables, type Tx } from '../storage/index.ts';

export type StoredRole = InferSelectModel<Tables['roles']>;

const BUILT_IN = Object.keys(BUILT_IN_ROLES);

export async function listCustomRoles(reader: Reader): Promise<StoredRole[]> {
  const { roles } = reader.tables;
  return reader.db.select().from(roles).where(notInArray(roles.name, BUILT_IN)).orderBy(asc(roles.name));
}

/** The rows of these names; that of a built-in role holds what resources add to it, and may be missing. */
export async function findStoredRoles(reader: Reader, names: readonly string[]): Promise<StoredRole[]> {
  if (names.length === 0) return [];
  const { roles } = reader.tables;
  return reader.db
    .select()
    .from(roles)
    .where(inArray(roles.name, [...names]));
}

/** False when a role of that name is there already. */
export async function insertRole(tx: Tx, role: StoredRole): Promise<boolean> {
  const inserted = await tx.db.insert(tx.tables.roles).values(role).onConflictDoNothing().returning();
  return inserted.length > 0;
}

/** The role as it stays until the transaction is over. On SQLite, where one writes at a time, it is so anyway. */
export async function lockRole(tx: Tx, name: string): Promise<StoredRole | null> {
  const { roles } = tx.tables;
  const unchanged = { description: sql`${roles.description}` };
  const [row] = await tx.db.update(roles).set(unchanged).where(eq(roles.name, name)).returning();
  return row ?? null;
}

export async function updateRole(
  tx: Tx,
  name: string,
  change: Partial<Pick<StoredRole, 'description' | 'permissions' | 'secondFactorFromMs'>>,
): Promise<void> {
  const { roles } = tx.tables;
  await tx.db.update(roles).set(change).where(eq(roles.name, name));
}

export async function deleteRole(tx: Tx, name: string): Promise<void> {
  const { roles } = tx.tables;
  await tx.db.delete(roles).where(eq(roles.name, name));
}

/** Takes a role from everybody who has it. */
export async function takeRole(tx: Tx, name: string): Promise<void> {
  const { accountRoles } = tx.tables;
  await tx.db.delete(accountRoles).where(eq(accountRoles.role, name));
}

type Account = InferSelectModel<Tables['accounts']>;
/** Whoever has closed their account holds no role. */
export type Holder = Pick<Account, 'id' | 'kind' | 'name' | 'email' | 'createdAtMs'> & {
  status: Exclude<Account['status'], 'closed'>;
};

/** Who has the role, in the order of their ids. */
export async function listHolders(
  reader: Reader,
  role: string,
  kinds: readonly Holder['kind'][],
  after: string | null,
  limit: number,
): Promise<Holder[]> {
  const { accounts, accountRoles } = reader.tables;
  const { id, kind, name, email, status, createdAtMs } = accounts;
  const found = await reader.db
    .select({ id, kind, name, email, status, createdAtMs })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .where(
      and(
        eq(accountRoles.role, role),
        inArray(accounts.kind, [...kinds]),
        after === null ? undefined : gt(accountRoles.accountId, after as AccountId),
      ),
    )
    .orderBy(asc(accountRoles.accountId))
    .limit(limit);
  return found as Holder[];
}

/** Every role of each of these accounts. */
export async function rolesOfAccounts(
  reader: Reader,
  ids: readonly AccountId[],
): Promise<{ accountId: AccountId; role: string }[]> {
  if (ids.length === 0) return [];
  const { accountRoles } = reader.tables;
  return reader.db
    .select()
    .from(accountRoles)
    .where(inArray(accountRoles.accountId, [...ids]));
}

/** Some of these accounts' keys that still work, with what they carry. */
export async function keysOfAccounts(reader: Reader, ids: readonly AccountId[], nowMs: number, limit: number) {
  if (ids.length === 0) return [];
  const { apiKeys } = reader.tables;
  return reader.db
    .select({ accountId: apiKeys.accountId, permissions: apiKeys.permissions })
    .from(apiKeys)
    .where(
      and(
        inArray(apiKeys.accountId, [...ids]),
        isNull(apiKeys.revokedAtMs),
        or(isNull(apiKeys.expiresAtMs), gt(apiKeys.expiresAtMs, nowMs)),
      ),
    )
    .limit(limit);
}

/** What there is to a built-in role beside the catalogue: what resources add to it, and whether it wants a second factor. */
export async function putBuiltIn(
  tx: Tx,
  name: BuiltInRole,
  change: Pick<StoredRole, 'permissions'> | Pick<StoredRole, 'secondFactorFromMs'>,
): Promise<void> {
  const { roles } = tx.tables;
  const { description } = BUILT_IN_ROLES[name];
  const row = { name, description, permissions: [], createdAtMs: 0, secondFactorFromMs: null, ...change };
  await tx.db.insert(roles).values(row).onConflictDoUpdate({ target: roles.name, set: change });
}

const factorDue = readStatement(
  'factor_due',
  (db, { accountRoles, roles, totpSecrets, passkeys }, given: Holes<{ accountId: AccountId }>) =>
    db
      .select({ fromMs: min(roles.secondFactorFromMs) })
      .from(accountRoles)
      .innerJoin(roles, eq(roles.name, accountRoles.role))
      .leftJoin(totpSecrets, eq(totpSecrets.accountId, accountRoles.accountId))
      .leftJoin(passkeys, eq(passkeys.accountId, accountRoles.accountId))
      .where(and(eq(accountRoles.accountId, given.accountId), isNull(totpSecrets.accountId), isNull(passkeys.id))),
);

/** From when on the account needs a second factor that it lacks: null where no role wants one, or where it has one. */
export async function findFactorDueAtMs(reader: Reader, accountId: AccountId): Promise<number | null> {
  const [due] = await reader.run(factorDue, { accountId });
  return due?.fromMs ?? null;
}

/** How many active people with the role have no second factor, counted no further than `limit`. */
export async function countWithoutFactor(reader: Reader, role: string, limit: number): Promise<number> {
  const { accounts, accountRoles, totpSecrets, passkeys } = reader.tables;
  const found = await reader.db
    .select({ id: accounts.id })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .leftJoin(totpSecrets, eq(totpSecrets.accountId, accounts.id))
    .leftJoin(passkeys, eq(passkeys.accountId, accounts.id))
    .where(
      and(
        eq(accountRoles.role, role),
        eq(accounts.kind, 'person'),
        eq(accounts.status, 'active'),
        isNull(totpSecrets.accountId),
        isNull(passkeys.id),
      ),
    )
    .limit(limit);
  return found.length;
}

/** Every permission that a resource brings. */
export async function listRegistered(reader: Reader): Promise<PermissionName[]> {
  const { resourcePermissions } = reader.tables;
  const { name } = resourcePermissions;
  const found = await reader.db.select({ name }).from(resourcePermissions).orderBy(asc(name));
  return found.map((row) => row.name);
}

/** Which of these a resource brings. */
export async function findRegistered(reader: Reader, names: readonly PermissionName[]): Promise<PermissionName[]> {
  if (names.length === 0) return [];
  const { resourcePermissions } = reader.tables;
  const { name } = resourcePermissions;
  const found = await reader.db
    .select({ name })
    .from(resourcePermissions)
    .where(inArray(name, [...names]));
  return found.map((row) => row.name);
}
