import type { PermissionName } from '@latchkey/schemas';

import { rolesHolding } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

/** More keys than this are only called "1,000 or more". */
export const KEYS_COUNTED_AT_MOST = 1_000;
const KEYS_CHANGED_AT_ONCE = 200;

export type Holders = { roles: string[]; apiKeys: number };

/** Which custom roles hold one of these permissions, and how many working keys carry one. */
export async function findHolders(reader: Reader, names: readonly PermissionName[], nowMs: number): Promise<Holders> {
  if (names.length === 0) return { roles: [], apiKeys: 0 };
  return {
    roles: await rolesHolding(reader, names),
    apiKeys: await rows.countKeysCarrying(reader, names, nowMs, KEYS_COUNTED_AT_MOST),
  };
}

export function refuseWhileHeld({ roles, apiKeys }: Holders): void {
  if (roles.length === 0 && apiKeys === 0) return;
  const held = `${counted(roles.length, 'role')} and ${counted(apiKeys, 'API key')}`;
  throw new Problem('in_use', { detail: `Still held by ${held}. Say takeFromHolders to take it from them.` });
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * Takes permissions that no resource brings any more out of the keys that carry them. They are worth nothing already, since
 * no role holds them; but the name must mean nothing to an old key when a resource brings it anew. There may be many
 * keys, so it isn't one transaction; what a stopped server leaves is done before the name is given out again.
 */
export async function takeFromKeys(storage: Storage, names: readonly PermissionName[]): Promise<void> {
  for (const name of names) {
    while ((await takeFromSome(storage, name)) === KEYS_CHANGED_AT_ONCE);
  }
}

async function takeFromSome(storage: Storage, name: PermissionName): Promise<number> {
  const some = await rows.keysCarryingGone(storage.read, name, 1);
  if (some.length === 0) return 0;
  return storage.transact(async (tx) => {
    const keys = await rows.keysCarryingGone(tx, name, KEYS_CHANGED_AT_ONCE);
    for (const key of keys) await rows.takeFromKey(tx, key, name);
    return keys.length;
  });
}
