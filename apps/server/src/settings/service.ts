import { isDeepStrictEqual } from 'node:util';

import { settings as settingsShape, type AccountId, type Settings } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import * as rows from './rows.ts';

const DEFAULTS: Settings = {
  signUpOpen: false,
  verifiedOnly: false,
  describedAppsAllowed: true,
  forwardAuthOrigins: [],
};

export type SettingsPatch = { [Name in keyof Settings]?: Settings[Name] | undefined };

export type SettingsNeeds = {
  storage: Storage;
  audit: Audit;
  isVerified: (reader: Reader, id: AccountId) => Promise<boolean>;
};

/** What an admin may change while the server runs. */
export function createSettings({ storage, audit, isVerified }: SettingsNeeds) {
  /** Nobody locks themselves out. */
  async function requireVerified(tx: Tx, actor: Actor): Promise<void> {
    if (actor.kind === 'system' || (actor.kind !== 'anonymous' && (await isVerified(tx, actor.accountId)))) return;
    const detail = 'Verify your own email address in your profile first. Otherwise you couldn’t sign in any more.';
    throw new Problem('email_unverified', { detail });
  }

  async function change(tx: Tx, actor: Actor, patch: SettingsPatch): Promise<Settings> {
    const before = settingsOf(await rows.listSettings(tx));
    const changes = changesOf(before, patch);
    if (changes['verifiedOnly']?.to === true) await requireVerified(tx, actor);
    for (const [name, { to }] of Object.entries(changes)) await rows.putSetting(tx, name, to);
    if (Object.keys(changes).length > 0) await audit.record(tx, actor, 'settings.changed', { details: changes });
    return settingsOf(await rows.listSettings(tx));
  }

  return {
    get: async (): Promise<Settings> => settingsOf(await rows.listSettings(storage.read)),
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
