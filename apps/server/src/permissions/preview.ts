import type { AccountId, PermissionName, RolePreview } from '@latchkey/schemas';

import type { Reader } from '../storage/index.ts';
import { permissionsOfRoles } from './effective.ts';
import * as rows from './rows.ts';

/** However many hold the role, a preview looks at so many of them, and at so many of their keys. */
const HOLDERS_AT_MOST = 500;
const KEYS_AT_MOST = 2_000;

type Difference = { gained: readonly PermissionName[]; lost: readonly PermissionName[] };
/** What of the difference one holder feels. */
type Felt = { kind: rows.Holder['kind'] } & Difference;

/** What the change comes to for whoever has the role, given what else they have. */
export async function previewChange(
  reader: Reader,
  role: string,
  before: readonly PermissionName[],
  wanted: readonly PermissionName[],
  nowMs: number,
): Promise<RolePreview> {
  const gained = wanted.filter((each) => !before.includes(each));
  const lost = before.filter((each) => !wanted.includes(each));
  const found = await rows.listHolders(reader, role, ['person', 'service'], null, HOLDERS_AT_MOST + 1);
  const holders = found.slice(0, HOLDERS_AT_MOST).filter(({ status }) => status !== 'disabled');
  const felt = await feltBy(reader, role, holders, { gained, lost });
  const keys = await rows.keysOfAccounts(reader, [...felt.keys()], nowMs, KEYS_AT_MOST + 1);
  return {
    gained,
    lost,
    gaining: countTouched('gained', felt, keys),
    losing: countTouched('lost', felt, keys),
    atLeast: found.length > HOLDERS_AT_MOST || keys.length > KEYS_AT_MOST,
  };
}

/** Those who feel something of it: what they have by another role anyway, they neither gain nor lose. */
async function feltBy(
  reader: Reader,
  role: string,
  holders: readonly rows.Holder[],
  { gained, lost }: Difference,
): Promise<ReadonlyMap<AccountId, Felt>> {
  const ids = holders.map(({ id }) => id);
  const others = (await rows.rolesOfAccounts(reader, ids)).filter((each) => each.role !== role);
  const byAccount = Map.groupBy(others, ({ accountId }) => accountId);
  const stored = await rows.findStoredRoles(reader, [...new Set(others.map((each) => each.role))]);
  const permissions = new Map(stored.map((each) => [each.name, each.permissions]));
  const felt = holders.map(({ id, kind }): [AccountId, Felt] => {
    const names = (byAccount.get(id) ?? []).map((each) => each.role);
    const anyway = permissionsOfRoles(names, permissions);
    const without = (changed: readonly PermissionName[]) => changed.filter((each) => !anyway.has(each));
    return [id, { kind, gained: without(gained), lost: without(lost) }];
  });
  return new Map(felt.filter(([, each]) => each.gained.length + each.lost.length > 0));
}

function countTouched(
  which: keyof Difference,
  felt: ReadonlyMap<AccountId, Felt>,
  keys: readonly { accountId: AccountId; permissions: readonly PermissionName[] }[],
): RolePreview['gaining'] {
  const touched = [...felt.values()].filter((each) => each[which].length > 0);
  return {
    people: touched.filter(({ kind }) => kind === 'person').length,
    serviceAccounts: touched.filter(({ kind }) => kind === 'service').length,
    apiKeys: keys.filter((key) => felt.get(key.accountId)?.[which].some((each) => key.permissions.includes(each)))
      .length,
  };
}
