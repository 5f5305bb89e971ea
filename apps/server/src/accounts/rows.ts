import type { AccountId } from '@latchkey/schemas';
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  ne,
  notExists,
  or,
  sql,
  type InferSelectModel,
} from 'drizzle-orm';

import {
  contains,
  isAfter,
  readStatement,
  startsWith,
  writeStatement,
  type Cursor,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';

export type AccountRow = InferSelectModel<Tables['accounts']>;
export type AccountWithRoles = AccountRow & { roles: string[] };
export type LinkRow = InferSelectModel<Tables['links']>;

const anyPerson = readStatement('any_person', (db, { accounts }) =>
  db.select({ id: accounts.id }).from(accounts).where(eq(accounts.kind, 'person')).limit(1),
);

export async function hasAnyPerson(reader: Reader): Promise<boolean> {
  return (await reader.run(anyPerson)).length > 0;
}

const accountById = readStatement('account_by_id', (db, { accounts }, given: Holes<{ id: AccountId }>) =>
  db.select().from(accounts).where(eq(accounts.id, given.id)),
);

export async function findAccount(reader: Reader, id: AccountId): Promise<AccountWithRoles | null> {
  const [row] = await reader.run(accountById, { id });
  return row ? withRoles(reader, row) : null;
}

const accountLocked = writeStatement('account_locked', (db, { accounts }, given: Holes<{ id: AccountId }>) =>
  db
    .update(accounts)
    .set({ status: sql`${accounts.status}` })
    .where(eq(accounts.id, given.id))
    .returning(),
);

/**
 * The account as it stays until the transaction is over: whoever decides by what is read here is not overtaken by another who
 * changes it. On SQLite, where one writes at a time, it is so anyway.
 */
export async function lockAccount(tx: Tx, id: AccountId): Promise<AccountWithRoles | null> {
  const [row] = await tx.run(accountLocked, { id });
  return row ? withRoles(tx, row) : null;
}

const accountByEmail = readStatement('account_by_email', (db, { accounts }, given: Holes<{ email: string }>) =>
  db.select().from(accounts).where(eq(accounts.email, given.email)),
);

export async function findAccountByEmail(reader: Reader, email: string): Promise<AccountWithRoles | null> {
  const [row] = await reader.run(accountByEmail, { email });
  return row ? withRoles(reader, row) : null;
}

const rolesOfAccount = readStatement(
  'roles_of_account',
  (db, { accountRoles }, given: Holes<{ accountId: AccountId }>) =>
    db
      .select({ role: accountRoles.role })
      .from(accountRoles)
      .where(eq(accountRoles.accountId, given.accountId))
      .orderBy(asc(accountRoles.role)),
);

async function withRoles(reader: Reader, row: AccountRow): Promise<AccountWithRoles> {
  const found = await reader.run(rolesOfAccount, { accountId: row.id });
  return { ...row, roles: found.map(({ role }) => role) };
}

async function rolesOf(reader: Reader, ids: AccountId[]): Promise<Map<AccountId, string[]>> {
  const roles = new Map<AccountId, string[]>();
  if (ids.length === 0) return roles;
  const { accountRoles } = reader.tables;
  const rows = await reader.db
    .select()
    .from(accountRoles)
    .where(inArray(accountRoles.accountId, ids))
    .orderBy(asc(accountRoles.role));
  for (const { accountId, role } of rows) roles.set(accountId, [...(roles.get(accountId) ?? []), role]);
  return roles;
}

/** Which second factors these accounts have. Those that have none are left out. */
export async function factorsOf(
  { db, tables: { passkeys, totpSecrets } }: Reader,
  ids: AccountId[],
): Promise<Map<AccountId, ('passkey' | 'totp')[]>> {
  if (ids.length === 0) return new Map();
  const withPasskey = await db
    .selectDistinct({ id: passkeys.accountId })
    .from(passkeys)
    .where(inArray(passkeys.accountId, ids));
  const withApp = await db
    .select({ id: totpSecrets.accountId })
    .from(totpSecrets)
    .where(inArray(totpSecrets.accountId, ids));
  const factors = new Map<AccountId, ('passkey' | 'totp')[]>(withPasskey.map(({ id }) => [id, ['passkey']]));
  for (const { id } of withApp) factors.set(id, [...(factors.get(id) ?? []), 'totp']);
  return factors;
}

export type AccountFilter = {
  kind: AccountRow['kind'];
  status?: AccountRow['status'] | undefined;
  q?: string | undefined;
  role?: string | undefined;
  secondFactor?: 'none' | undefined;
};

export async function listAccounts(
  reader: Reader,
  filter: AccountFilter,
  before: Cursor | null,
  limit: number,
): Promise<AccountWithRoles[]> {
  const { accounts } = reader.tables;
  const rows = await reader.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.kind, filter.kind),
        ne(accounts.status, 'closed'),
        filter.status && eq(accounts.status, filter.status),
        filter.q === undefined ? undefined : matches(reader, filter.q),
        filter.role === undefined ? undefined : inArray(accounts.id, holdersOf(reader, filter.role)),
        filter.secondFactor && hasNoFactor(reader),
        isAfter(before, accounts.createdAtMs, accounts.id),
      ),
    )
    .orderBy(desc(accounts.createdAtMs), desc(accounts.id))
    .limit(limit);
  const roles = await rolesOf(
    reader,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, roles: roles.get(row.id) ?? [] }));
}

/** SQLite reads them all before it looks at the accounts: of 200,000 holders, a tenth of a second for each page. */
function holdersOf({ db, tables: { accountRoles } }: Reader, role: string) {
  return db.select({ id: accountRoles.accountId }).from(accountRoles).where(eq(accountRoles.role, role));
}

/** Where all have one, every account is looked at: of 200,000 in SQLite, most of a second. */
function hasNoFactor({ db, tables: { accounts, passkeys, totpSecrets } }: Reader) {
  const apps = db.select({ id: totpSecrets.accountId }).from(totpSecrets).where(eq(totpSecrets.accountId, accounts.id));
  const keys = db.select({ id: passkeys.accountId }).from(passkeys).where(eq(passkeys.accountId, accounts.id));
  return and(notExists(apps), notExists(keys));
}

/** By name, email or the start of the id. */
function matches(reader: Reader, q: string) {
  const { accounts } = reader.tables;
  return or(contains(accounts.name, q), contains(accounts.email, q), startsWith(accounts.id, q));
}

/** False when somebody has the email address already. */
export async function insertAccount(tx: Tx, row: AccountRow, roles: readonly string[]): Promise<boolean> {
  const inserted = await tx.db.insert(tx.tables.accounts).values(row).onConflictDoNothing().returning();
  if (inserted.length === 0) return false;
  await replaceRoles(tx, row.id, roles);
  return true;
}

export async function updateAccount(
  tx: Tx,
  id: AccountId,
  change: Partial<
    Pick<
      AccountRow,
      'name' | 'status' | 'passwordHash' | 'passwordChangedAtMs' | 'lastSignInAtMs' | 'emailVerifiedAtMs'
    >
  >,
): Promise<void> {
  const { accounts } = tx.tables;
  await tx.db.update(accounts).set(change).where(eq(accounts.id, id));
}

/** Gives the account another address; false when somebody has it already. */
export async function changeEmail(tx: Tx, id: AccountId, email: string, nowMs: number): Promise<boolean> {
  const { accounts } = tx.tables;
  const isTaken = tx.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email));
  const changed = await tx.db
    .update(accounts)
    .set({ email, emailVerifiedAtMs: nowMs })
    .where(and(eq(accounts.id, id), notExists(isTaken)))
    .returning({ id: accounts.id });
  return changed.length > 0;
}

export async function replaceRoles(tx: Tx, accountId: AccountId, roles: readonly string[]): Promise<void> {
  const { accountRoles } = tx.tables;
  await tx.db.delete(accountRoles).where(eq(accountRoles.accountId, accountId));
  const values = [...new Set(roles)].map((role) => ({ accountId, role }));
  if (values.length > 0) await tx.db.insert(accountRoles).values(values);
}

/** Where mail for those goes who can act as admins. */
export async function listAdminEmails(reader: Reader): Promise<string[]> {
  const { accounts, accountRoles } = reader.tables;
  const found = await reader.db
    .select({ email: accounts.email })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .where(and(eq(accountRoles.role, 'admin'), eq(accounts.kind, 'person'), eq(accounts.status, 'active')))
    .orderBy(asc(accounts.createdAtMs))
    .limit(100);
  return found.flatMap(({ email }) => email ?? []);
}

/** How many people can act as admins: active, and with the role. */
export async function countActiveAdmins(tx: Tx): Promise<number> {
  const { accounts, accountRoles } = tx.tables;
  const [row] = await tx.db
    .select({ admins: count() })
    .from(accountRoles)
    .innerJoin(accounts, eq(accounts.id, accountRoles.accountId))
    .where(and(eq(accountRoles.role, 'admin'), eq(accounts.kind, 'person'), eq(accounts.status, 'active')));
  return row?.admins ?? 0;
}

export async function insertLink(tx: Tx, row: LinkRow): Promise<void> {
  await tx.db.insert(tx.tables.links).values(row);
}

export async function findLink(reader: Reader, tokenDigest: string): Promise<LinkRow | null> {
  const { links } = reader.tables;
  const [row] = await reader.db.select().from(links).where(eq(links.tokenDigest, tokenDigest));
  return row ?? null;
}

/** Uses the link up; null when it is used, expired or for something else. The condition decides, so it works once [B15]. */
export async function useLink(
  tx: Tx,
  tokenDigest: string,
  purpose: LinkRow['purpose'],
  nowMs: number,
): Promise<LinkRow | null> {
  const { links } = tx.tables;
  const [row] = await tx.db
    .update(links)
    .set({ usedAtMs: nowMs })
    .where(
      and(
        eq(links.tokenDigest, tokenDigest),
        eq(links.purpose, purpose),
        isNull(links.usedAtMs),
        gt(links.expiresAtMs, nowMs),
      ),
    )
    .returning();
  return row ?? null;
}

/** Makes every other open link of the kind useless: the newest alone works. To take an address back, the newest of each address does. */
export async function voidLinks(
  tx: Tx,
  purpose: LinkRow['purpose'],
  { accountId, email }: { accountId: AccountId | null; email: string | null },
  nowMs: number,
): Promise<void> {
  const { links } = tx.tables;
  const ofEmail = email === null ? isNull(links.email) : eq(links.email, email);
  const ofAccount = accountId === null ? isNull(links.accountId) : eq(links.accountId, accountId);
  const isOfEmailAlone = accountId === null || purpose === 'undo_email';
  await tx.db
    .update(links)
    .set({ usedAtMs: nowMs })
    .where(and(eq(links.purpose, purpose), ofAccount, isOfEmailAlone ? ofEmail : undefined, isNull(links.usedAtMs)));
}

/** Makes the links useless that would take the account to an address that it got no earlier than then. */
export async function voidUndoLinksSince(tx: Tx, accountId: AccountId, sinceMs: number, nowMs: number): Promise<void> {
  const { links } = tx.tables;
  await tx.db
    .update(links)
    .set({ usedAtMs: nowMs })
    .where(
      and(
        eq(links.purpose, 'undo_email'),
        eq(links.accountId, accountId),
        gte(links.createdAtMs, sinceMs),
        isNull(links.usedAtMs),
      ),
    );
}
