import { ALL_PERMISSIONS, isOwnPermission, type PermissionName } from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';
import type { Reader, Tx } from '../storage/index.ts';
import * as rows from './rows.ts';

/*
 * Both run after the act's audit entry, whose lock puts acts in one order: neither a role nor a key then comes by a permission
 * that another act is just taking away.
 */

/** Refuses names that neither Latchkey nor a resource stands behind. */
export async function refuseUnregistered(reader: Reader, names: readonly PermissionName[]): Promise<void> {
  const others = names.filter((each) => !isOwnPermission(each));
  const registered = new Set(await rows.findRegistered(reader, others));
  const unknown = others.find((each) => !registered.has(each));
  if (unknown !== undefined) {
    const issue = { path: 'permissions', message: `There is no permission ${unknown}.` };
    throw new Problem('input_invalid', { issues: [issue] });
  }
}

/**
 * Brings every role in line with what there is to hold now: the built-in ones get what is new, and all lose what is gone. What
 * is `removed` goes from custom roles even where the name now means something else.
 */
export async function settleRoles(tx: Tx, removed: readonly PermissionName[] = []): Promise<void> {
  const registered = await rows.listRegistered(tx);
  await rows.putBuiltIn(tx, 'admin', { permissions: registered });
  await rows.putBuiltIn(tx, 'auditor', { permissions: registered.filter((each) => each.endsWith(':read')) });
  const there = new Set<PermissionName>([...ALL_PERMISSIONS, ...registered]);
  for (const each of removed) there.delete(each);
  for (const { name, permissions } of await rows.listCustomRoles(tx)) {
    const kept = permissions.filter((each) => there.has(each));
    if (kept.length < permissions.length) await rows.updateRole(tx, name, { permissions: kept });
  }
}

/** The custom roles that hold one of these. */
export async function rolesHolding(reader: Reader, names: readonly PermissionName[]): Promise<string[]> {
  const custom = await rows.listCustomRoles(reader);
  return custom.filter(({ permissions }) => names.some((each) => permissions.includes(each))).map(({ name }) => name);
}
