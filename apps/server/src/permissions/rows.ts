import type { Permission } from '@latchkey/schemas';
import { asc, inArray } from 'drizzle-orm';

import type { Reader, Tx } from '../storage/index.ts';

export type CustomRole = { name: string; description: string; permissions: Permission[]; createdAtMs: number };

export async function listCustomRoles(reader: Reader): Promise<CustomRole[]> {
  const { roles } = reader.tables;
  return reader.db.select().from(roles).orderBy(asc(roles.name)).limit(500);
}

export async function findCustomRoles(reader: Reader, names: readonly string[]): Promise<CustomRole[]> {
  if (names.length === 0) return [];
  const { roles } = reader.tables;
  return reader.db
    .select()
    .from(roles)
    .where(inArray(roles.name, [...names]));
}

/** False when a role of that name is there already. */
export async function insertRole(tx: Tx, role: CustomRole): Promise<boolean> {
  const inserted = await tx.db.insert(tx.tables.roles).values(role).onConflictDoNothing().returning();
  return inserted.length > 0;
}
