import { readStatement, type Reader, type Tx } from '../storage/index.ts';

export type SettingRow = { name: string; value: unknown };

const allSettings = readStatement('all_settings', (db, { settings }) => db.select().from(settings));

export async function listSettings(reader: Reader): Promise<SettingRow[]> {
  return reader.run(allSettings);
}

export async function putSetting({ db, tables: { settings } }: Tx, name: string, value: unknown): Promise<void> {
  await db.insert(settings).values({ name, value }).onConflictDoUpdate({ target: settings.name, set: { value } });
}
