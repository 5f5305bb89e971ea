import { isOwnPermission, type AccountId, type ApiKeyId, type PermissionName } from '@latchkey/schemas';
import {
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  ne,
  or,
  type InferSelectModel,
  type SQL,
} from 'drizzle-orm';

import {
  contains,
  givenRows,
  isAfter,
  writeStatement,
  type Cursor,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';

export type ApiKeyRow = InferSelectModel<Tables['apiKeys']>;
export type OwnedApiKey = {
  key: ApiKeyRow;
  owner: {
    name: string;
    email: string | null;
    kind: 'person' | 'service';
    status: 'active' | 'invited' | 'disabled' | 'closed';
  };
};

export type ApiKeyFilter = {
  accountId?: AccountId | undefined;
  status?: 'active' | 'expired' | 'revoked' | 'disabled' | undefined;
  q?: string | undefined;
  expiresBeforeMs?: number | undefined;
  /** Only keys that nobody has used for so many days, those never used since they were made so long ago. */
  unusedForDays?: number | undefined;
};

export function selectOwned(reader: Reader) {
  const { apiKeys, accounts } = reader.tables;
  return reader.db
    .select({
      key: apiKeys,
      owner: { name: accounts.name, email: accounts.email, kind: accounts.kind, status: accounts.status },
    })
    .from(apiKeys)
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId));
}

export async function findApiKey(reader: Reader, id: ApiKeyId): Promise<OwnedApiKey | null> {
  const [row] = await selectOwned(reader).where(eq(reader.tables.apiKeys.id, id));
  return row ?? null;
}

export async function findOwners(reader: Reader, ids: readonly ApiKeyId[]): Promise<Map<ApiKeyId, AccountId>> {
  if (ids.length === 0) return new Map();
  const { id, accountId } = reader.tables.apiKeys;
  const found = await reader.db
    .select({ id, accountId })
    .from(reader.tables.apiKeys)
    .where(inArray(id, [...ids]));
  return new Map(found.map((key) => [key.id, key.accountId]));
}

/** Newest first; where only those are asked for that expire soon, the soonest first. */
export async function listApiKeys(
  reader: Reader,
  filter: ApiKeyFilter,
  after: Cursor | null,
  limit: number,
  nowMs: number,
): Promise<OwnedApiKey[]> {
  const { apiKeys } = reader.tables;
  const soonest = filter.expiresBeforeMs !== undefined;
  const time = soonest ? apiKeys.expiresAtMs : apiKeys.createdAtMs;
  const order = soonest ? asc : desc;
  return selectOwned(reader)
    .where(
      and(
        filter.accountId && eq(apiKeys.accountId, filter.accountId),
        filter.status && hasStatus(reader, filter.status, nowMs),
        filter.q === undefined ? undefined : matches(reader, filter.q),
        filter.expiresBeforeMs === undefined ? undefined : lt(apiKeys.expiresAtMs, filter.expiresBeforeMs),
        filter.unusedForDays === undefined ? undefined : unusedSince(reader, nowMs - filter.unusedForDays * DAY_MS),
        isAfter(after, time, apiKeys.id, soonest ? 'rising' : 'falling'),
      ),
    )
    .orderBy(order(time), order(apiKeys.id))
    .limit(limit);
}

/** Where a key stands in that list. */
export function placeOf({ id, createdAtMs, expiresAtMs }: ApiKeyRow, { expiresBeforeMs }: ApiKeyFilter): Cursor {
  return { createdAtMs: (expiresBeforeMs === undefined ? createdAtMs : expiresAtMs) ?? 0, id };
}

/** Keys that are younger can't be among them, which is what the index by creation is good for. */
function unusedSince(reader: Reader, sinceMs: number): SQL | undefined {
  const { createdAtMs, lastUsedAtMs } = reader.tables.apiKeys;
  return and(lt(createdAtMs, sinceMs), or(isNull(lastUsedAtMs), lt(lastUsedAtMs, sinceMs)));
}

/** In the order in which a key's status is told: revoked, expired, disabled, active. */
function hasStatus(reader: Reader, status: NonNullable<ApiKeyFilter['status']>, nowMs: number): SQL | undefined {
  const { apiKeys, accounts } = reader.tables;
  const unexpired = or(isNull(apiKeys.expiresAtMs), gt(apiKeys.expiresAtMs, nowMs));
  const conditions = {
    revoked: isNotNull(apiKeys.revokedAtMs),
    expired: and(isNull(apiKeys.revokedAtMs), lte(apiKeys.expiresAtMs, nowMs)),
    disabled: and(isNull(apiKeys.revokedAtMs), unexpired, ne(accounts.status, 'active')),
    active: and(isNull(apiKeys.revokedAtMs), unexpired, eq(accounts.status, 'active')),
  };
  return conditions[status];
}

/** By name, owner, or the start of the key's text, which is the start of its id. */
function matches(reader: Reader, q: string): SQL | undefined {
  const { apiKeys, accounts } = reader.tables;
  const start = idStart(q);
  return or(
    contains(apiKeys.name, q),
    contains(accounts.name, q),
    contains(accounts.email, q),
    ...(start === null ? [] : [like(apiKeys.id, `${start}%`)]),
  );
}

/** The start of a key's id, written alone or as in the key's text: `3fGh1x`, `lk_3fGh1x`, `lk_3fGh1x_…`. */
function idStart(q: string): string | null {
  return /^lk_([0-9A-Za-z]+)/.exec(q)?.[1] ?? /^[0-9A-Za-z]+$/.exec(q)?.[0] ?? null;
}

export async function insertApiKey(tx: Tx, row: ApiKeyRow): Promise<void> {
  await tx.db.insert(tx.tables.apiKeys).values(row);
  await insertPermissions(tx, row.id, row.permissions);
}

async function insertPermissions(tx: Tx, apiKeyId: ApiKeyId, permissions: readonly PermissionName[]): Promise<void> {
  const brought = permissions.filter((each) => !isOwnPermission(each));
  const values = brought.map((permission) => ({ permission, apiKeyId }));
  if (values.length > 0) await tx.db.insert(tx.tables.apiKeyPermissions).values(values);
}

export async function renameApiKey(tx: Tx, id: ApiKeyId, name: string): Promise<void> {
  const { apiKeys } = tx.tables;
  await tx.db.update(apiKeys).set({ name }).where(eq(apiKeys.id, id));
}

export async function updateTerms(
  tx: Tx,
  id: ApiKeyId,
  change: Partial<
    Pick<ApiKeyRow, 'permissions' | 'ipAllowList' | 'rateLimit' | 'quota' | 'expiresAtMs' | 'remindAtMs'>
  >,
): Promise<void> {
  const { apiKeys, apiKeyPermissions } = tx.tables;
  await tx.db.update(apiKeys).set(change).where(eq(apiKeys.id, id));
  if (change.permissions === undefined) return;
  await tx.db.delete(apiKeyPermissions).where(eq(apiKeyPermissions.apiKeyId, id));
  await insertPermissions(tx, id, change.permissions);
}

/** Puts the new secret in place of the presently stored one; false when another rotation or a revocation was faster. */
export async function replaceSecret(
  tx: Tx,
  key: ApiKeyRow,
  change: { secretDigest: string; previousSecretUntilMs: number | null; rotatedAtMs: number },
): Promise<boolean> {
  const { apiKeys } = tx.tables;
  const updated = await tx.db
    .update(apiKeys)
    .set({
      ...change,
      previousSecretDigest: change.previousSecretUntilMs === null ? null : key.secretDigest,
    })
    .where(and(eq(apiKeys.id, key.id), eq(apiKeys.secretDigest, key.secretDigest), isNull(apiKeys.revokedAtMs)))
    .returning({ id: apiKeys.id });
  return updated.length > 0;
}

/** False when it was revoked already. */
export async function revokeApiKey(tx: Tx, id: ApiKeyId, nowMs: number): Promise<boolean> {
  const { apiKeys } = tx.tables;
  const updated = await tx.db
    .update(apiKeys)
    .set({ revokedAtMs: nowMs, previousSecretDigest: null, previousSecretUntilMs: null })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAtMs)))
    .returning({ id: apiKeys.id });
  return updated.length > 0;
}

const keysUsed = writeStatement('keys_used', (db, { apiKeys }, given: Holes<{ rows: string }>) => {
  const { from, row } = givenRows({ id: apiKeys.id, atMs: apiKeys.lastUsedAtMs }, given.rows);
  // Another instance may have written a later use.
  const isLater = or(isNull(apiKeys.lastUsedAtMs), lt(apiKeys.lastUsedAtMs, row.atMs));
  return db
    .update(apiKeys)
    .set({ lastUsedAtMs: row.atMs })
    .from(from)
    .where(and(eq(apiKeys.id, row.id), isLater));
});

export async function markUsed(tx: Tx, uses: readonly { id: ApiKeyId; atMs: number }[]): Promise<void> {
  await tx.run(keysUsed, { rows: JSON.stringify(uses) });
}

/** Revokes what the account has that isn't revoked, and says which. */
export async function revokeKeysOf(
  tx: Tx,
  accountId: AccountId,
  nowMs: number,
): Promise<{ id: ApiKeyId; name: string }[]> {
  const { apiKeys } = tx.tables;
  return tx.db
    .update(apiKeys)
    .set({ revokedAtMs: nowMs })
    .where(and(eq(apiKeys.accountId, accountId), isNull(apiKeys.revokedAtMs)))
    .returning({ id: apiKeys.id, name: apiKeys.name });
}
