import type { Storage, Tx } from '../storage/index.ts';

export type SettingRow = { name: string; value: unknown };

export function prepareListSettings(storage: Storage): () => Promise<SettingRow[]> {
  const list = storage.prepared('settings', ({ db, tables: { settings } }) => db.select().from(settings));
  return () => list({});
}

export async function listSettings({ db, tables: { settings } }: Tx): Promise<SettingRow[]> {
  return db.select().from(settings);
}

export async function putSetting({ db, tables: { settings } }: Tx, name: string, value: unknown): Promise<void> {
  await db.insert(settings).values({ name, value }).onConflictDoUpdate({ target: settings.name, set: { value } });
}
