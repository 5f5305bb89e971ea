import { BUILT_IN_ROLES, type BuiltInRole, type PermissionName } from '@latchkey/schemas';
import { asc, eq, inArray, notInArray, type InferSelectModel } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';

export type StoredRole = InferSelectModel<Tables['roles']>;

const BUILT_IN = Object.keys(BUILT_IN_ROLES);

export async function listCustomRoles(reader: Reader): Promise<StoredRole[]> {
  const { roles } = reader.tables;
  return reader.db.select().from(roles).where(notInArray(roles.name, BUILT_IN)).orderBy(asc(roles.name)).limit(500);
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

export async function setPermissions(tx: Tx, name: string, permissions: PermissionName[]): Promise<void> {
  const { roles } = tx.tables;
  await tx.db.update(roles).set({ permissions }).where(eq(roles.name, name));
}

/** What resources add to a built-in role. */
export async function putAdded(tx: Tx, name: BuiltInRole, permissions: PermissionName[]): Promise<void> {
  const { roles } = tx.tables;
  const row = { name, description: BUILT_IN_ROLES[name].description, permissions, createdAtMs: 0 };
  await tx.db.insert(roles).values(row).onConflictDoUpdate({ target: roles.name, set: { permissions } });
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
