import type { AppId } from '@latchkey/schemas';
import { and, desc, eq, isNull, type InferSelectModel } from 'drizzle-orm';

import {
  contains,
  isAfter,
  readStatement,
  type Cursor,
  type Holes,
  type Reader,
  type Tables,
  type Tx,
} from '../storage/index.ts';

export type AppRow = InferSelectModel<Tables['apps']>;
type AppChange = Partial<Omit<AppRow, 'id' | 'kind' | 'createdAtMs'>>;

const appById = readStatement('app_by_id', (db, { apps }, given: Holes<{ id: string }>) =>
  db.select().from(apps).where(eq(apps.id, given.id)),
);

export async function findApp(reader: Reader, id: AppId): Promise<AppRow | null> {
  const [row] = await reader.run(appById, { id });
  return row ?? null;
}

/** Newest first. */
export async function listApps(
  reader: Reader,
  q: string | undefined,
  before: Cursor | null,
  limit: number,
): Promise<AppRow[]> {
  const { apps } = reader.tables;
  return reader.db
    .select()
    .from(apps)
    .where(and(q === undefined ? undefined : contains(apps.name, q), isAfter(before, apps.createdAtMs, apps.id)))
    .orderBy(desc(apps.createdAtMs), desc(apps.id))
    .limit(limit);
}

export async function insertApp(tx: Tx, row: AppRow): Promise<void> {
  await tx.db.insert(tx.tables.apps).values(row);
}

export async function updateApp(tx: Tx, id: AppId, change: AppChange): Promise<void> {
  const { apps } = tx.tables;
  await tx.db.update(apps).set(change).where(eq(apps.id, id));
}

/** Puts the new secret in place of the presently stored one; false when another rotation was faster, or the app is disabled. */
export async function replaceSecret(
  tx: Tx,
  app: AppRow & { secretDigest: string },
  change: { secretDigest: string; previousSecretUntilMs: number | null; secretRotatedAtMs: number },
): Promise<boolean> {
  const { apps } = tx.tables;
  const updated = await tx.db
    .update(apps)
    .set({ ...change, previousSecretDigest: change.previousSecretUntilMs === null ? null : app.secretDigest })
    .where(and(eq(apps.id, app.id), eq(apps.secretDigest, app.secretDigest), isNull(apps.disabledAtMs)))
    .returning({ id: apps.id });
  return updated.length > 0;
}
