import type { AccountId, ApiKeyId } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import { holds, type Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader } from '../storage/index.ts';
import * as rows from './rows.ts';

/** The key, for somebody who may see it. A stranger's key is not found [B12]. */
export async function requireVisible(reader: Reader, actor: Actor, id: ApiKeyId): Promise<rows.OwnedApiKey> {
  const found = await rows.findApiKey(reader, id);
  if (found === null || !(isOwn(actor, found.key.accountId) || holds(actor, 'all_api_keys:read'))) {
    throw new Problem('not_found');
  }
  return found;
}

/** The same of several at once. */
export async function requireAllVisible(reader: Reader, actor: Actor, ids: readonly ApiKeyId[]): Promise<void> {
  const owners = await rows.findOwners(reader, ids);
  const seesAll = holds(actor, 'all_api_keys:read');
  const isVisible = (id: ApiKeyId) => {
    const owner = owners.get(id);
    return owner !== undefined && (seesAll || isOwn(actor, owner));
  };
  if (!ids.every(isVisible)) throw new Problem('not_found');
}

export async function requireChangeable(reader: Reader, actor: Actor, id: ApiKeyId): Promise<rows.OwnedApiKey> {
  const found = await requireVisible(reader, actor, id);
  if (!isOwn(actor, found.key.accountId)) requireAll(actor);
  return found;
}

/** Whose key it is to be: the caller's own, or a service account's. Nobody makes keys that act as another person. */
export async function requireOwner(reader: Reader, actor: Actor, accountId: AccountId | undefined) {
  const id = accountId ?? (actor.kind === 'person' || actor.kind === 'service' ? actor.accountId : undefined);
  if (id === undefined) {
    throw new Problem('input_invalid', {
      issues: [{ path: 'accountId', message: 'Name the account that owns the key.' }],
    });
  }
  if (!isOwn(actor, id)) requireAll(actor);
  const owner = await findAccount(reader, id);
  const allowed = owner && (isOwn(actor, id) || owner.kind === 'service' || actor.kind === 'system');
  if (!allowed || owner.status !== 'active') throw new Problem('not_found', { detail: 'There is no such account.' });
  return owner;
}

export function isOwn(actor: Actor, accountId: AccountId): boolean {
  return (actor.kind === 'person' || actor.kind === 'service') && actor.accountId === accountId;
}

function requireAll(actor: Actor): void {
  if (!holds(actor, 'all_api_keys:write')) {
    throw new Problem('permission_missing', {
      detail: "You don't have all_api_keys:write.",
      denial: { missing: ['all_api_keys:write'] },
    });
  }
}
