import type { ApiKeyId, PermissionName, ResourceId } from '@latchkey/schemas';
import { and, asc, eq, gt, inArray, isNull, or, type InferSelectModel } from 'drizzle-orm';

import { readStatement, type Reader, type Tables, type Tx } from '../storage/index.ts';

export type ResourceRow = InferSelectModel<Tables['resources']>;
export type PermissionRow = InferSelectModel<Tables['resourcePermissions']>;
export type ResourceChange = Partial<Pick<ResourceRow, 'name' | 'audience'>>;

const allResources = readStatement('all_resources', (db, { resources }) =>
  db.select().from(resources).orderBy(asc(resources.createdAtMs), asc(resources.id)),
);

/** Oldest first. */
export async function listResources(reader: Reader): Promise<ResourceRow[]> {
  return reader.run(allResources);
}

export async function findResource(reader: Reader, id: ResourceId): Promise<ResourceRow | null> {
  const { resources } = reader.tables;
  const [row] = await reader.db.select().from(resources).where(eq(resources.id, id));
  return row ?? null;
}

export async function findByAudience(reader: Reader, audience: string): Promise<ResourceRow | null> {
  const { resources } = reader.tables;
  const [row] = await reader.db.select().from(resources).where(eq(resources.audience, audience));
  return row ?? null;
}

const allPermissions = readStatement('all_permissions', (db, { resourcePermissions }) =>
  db.select().from(resourcePermissions).orderBy(asc(resourcePermissions.name)),
);

/** What all resources bring, by name. */
export async function listAllPermissions(reader: Reader): Promise<PermissionRow[]> {
  return reader.run(allPermissions);
}

/** What a resource brings, by name. */
export async function listPermissions(reader: Reader, id: ResourceId): Promise<PermissionRow[]> {
  const { resourcePermissions } = reader.tables;
  return reader.db
    .select()
    .from(resourcePermissions)
    .where(eq(resourcePermissions.resourceId, id))
    .orderBy(asc(resourcePermissions.name));
}

/** Those of these names that a resource brings. */
export async function findPermissions(reader: Reader, names: readonly PermissionName[]): Promise<PermissionRow[]> {
  const { resourcePermissions } = reader.tables;
  return reader.db
    .select()
    .from(resourcePermissions)
    .where(inArray(resourcePermissions.name, [...names]));
}

/** False when another has the audience. */
export async function insertResource(tx: Tx, row: ResourceRow): Promise<boolean> {
  const inserted = await tx.db.insert(tx.tables.resources).values(row).onConflictDoNothing().returning();
  return inserted.length > 0;
}

export async function updateResource(tx: Tx, id: ResourceId, change: ResourceChange): Promise<void> {
  const { resources } = tx.tables;
  await tx.db.update(resources).set(change).where(eq(resources.id, id));
}

/** Its permissions have to be gone. */
export async function deleteResource(tx: Tx, id: ResourceId): Promise<void> {
  const { resources } = tx.tables;
  await tx.db.delete(resources).where(eq(resources.id, id));
}

/** Returns the names that were free. */
export async function insertPermissions(tx: Tx, values: PermissionRow[]): Promise<PermissionName[]> {
  if (values.length === 0) return [];
  const { resourcePermissions } = tx.tables;
  const inserted = await tx.db
    .insert(resourcePermissions)
    .values(values)
    .onConflictDoNothing()
    .returning({ name: resourcePermissions.name });
  return inserted.map(({ name }) => name);
}

export async function describePermission(tx: Tx, name: PermissionName, description: string): Promise<void> {
  const { resourcePermissions } = tx.tables;
  await tx.db.update(resourcePermissions).set({ description }).where(eq(resourcePermissions.name, name));
}

export async function deletePermissions(tx: Tx, names: readonly PermissionName[]): Promise<void> {
  const { resourcePermissions } = tx.tables;
  await tx.db.delete(resourcePermissions).where(inArray(resourcePermissions.name, [...names]));
}

/** How many keys that still work carry one of these, counted up to `atMost`. */
export async function countKeysCarrying(
  reader: Reader,
  names: readonly PermissionName[],
  nowMs: number,
  atMost: number,
): Promise<number> {
  if (names.length === 0) return 0;
  const { apiKeys, apiKeyPermissions } = reader.tables;
  const found = await reader.db
    .selectDistinct({ id: apiKeys.id })
    .from(apiKeyPermissions)
    .innerJoin(apiKeys, eq(apiKeys.id, apiKeyPermissions.apiKeyId))
    .where(
      and(
        inArray(apiKeyPermissions.permission, [...names]),
        isNull(apiKeys.revokedAtMs),
        or(isNull(apiKeys.expiresAtMs), gt(apiKeys.expiresAtMs, nowMs)),
      ),
    )
    .limit(atMost);
  return found.length;
}

/** Some of the keys that carry the permission though no resource brings it any more, with all that they carry. */
export async function keysCarryingGone(reader: Reader, name: PermissionName, limit: number) {
  const { apiKeys, apiKeyPermissions, resourcePermissions } = reader.tables;
  return reader.db
    .select({ id: apiKeys.id, permissions: apiKeys.permissions })
    .from(apiKeyPermissions)
    .innerJoin(apiKeys, eq(apiKeys.id, apiKeyPermissions.apiKeyId))
    .leftJoin(resourcePermissions, eq(resourcePermissions.name, apiKeyPermissions.permission))
    .where(and(eq(apiKeyPermissions.permission, name), isNull(resourcePermissions.name)))
    .limit(limit);
}

/** Which of these names some key carries as a resource's. */
export async function namesOnKeys(reader: Reader, names: readonly PermissionName[]): Promise<PermissionName[]> {
  const { permission } = reader.tables.apiKeyPermissions;
  const found = await reader.db
    .selectDistinct({ permission })
    .from(reader.tables.apiKeyPermissions)
    .where(inArray(permission, [...names]));
  return found.map((row) => row.permission);
}

export async function takeFromKey(
  tx: Tx,
  key: { id: ApiKeyId; permissions: PermissionName[] },
  name: PermissionName,
): Promise<void> {
  const { apiKeys, apiKeyPermissions } = tx.tables;
  const permissions = key.permissions.filter((each) => each !== name);
  await tx.db.update(apiKeys).set({ permissions }).where(eq(apiKeys.id, key.id));
  await tx.db
    .delete(apiKeyPermissions)
    .where(and(eq(apiKeyPermissions.permission, name), eq(apiKeyPermissions.apiKeyId, key.id)));
}
