import { isDeepStrictEqual } from 'node:util';

import { settings as settingsShape, type Settings } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import * as rows from './rows.ts';

const DEFAULTS: Settings = { signUpOpen: false, describedAppsAllowed: true, forwardAuthOrigins: [] };

export type SettingsPatch = { [Name in keyof Settings]?: Settings[Name] | undefined };

/** What an admin may change while the server runs. */
export function createSettings({ storage, audit }: { storage: Storage; audit: Audit }) {
  const list = rows.prepareListSettings(storage);

  async function change(tx: Tx, actor: Actor, patch: SettingsPatch): Promise<Settings> {
    const before = settingsOf(await rows.listSettings(tx));
    const changes = changesOf(before, patch);
    for (const [name, { to }] of Object.entries(changes)) await rows.putSetting(tx, name, to);
    if (Object.keys(changes).length > 0) await audit.record(tx, actor, 'settings.changed', { details: changes });
    return settingsOf(await rows.listSettings(tx));
  }

  return {
    get: async (): Promise<Settings> => settingsOf(await list()),
    update: (actor: Actor, patch: SettingsPatch): Promise<Settings> =>
      storage.transact((tx) => change(tx, actor, patch)),
  };
}

export type SettingsService = ReturnType<typeof createSettings>;

function settingsOf(stored: rows.SettingRow[]): Settings {
  return settingsShape.parse({ ...DEFAULTS, ...Object.fromEntries(stored.map(({ name, value }) => [name, value])) });
}

/** Only what would be different afterwards. */
function changesOf(before: Settings, patch: SettingsPatch): Record<string, { from: unknown; to: unknown }> {
  const names = Object.keys(before) as (keyof Settings)[];
  const changed = names.filter((name) => patch[name] !== undefined && !isDeepStrictEqual(patch[name], before[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: before[name], to: patch[name] }]));
}
