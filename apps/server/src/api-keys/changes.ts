import { isDeepStrictEqual } from 'node:util';

import type { ApiKey, ApiKeyId, PermissionName } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import type { AccountActor, Actor } from '../actors/index.ts';
import { readPermissions, refuseToExceed, refuseUnregistered } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import { requireChangeable, requireVisible } from './access.ts';
import { apiKeyOf, targetOf } from './answer.ts';
import { refuseBeyondOwner, refuseUnusable } from './limits.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { nextReminderMs } from './reminder-moments.ts';
import * as rows from './rows.ts';

/** What is left out stays. */
export type KeyChange = { name?: string | undefined } & LimitsChange;
type LimitsChange = { [Name in keyof Terms]?: Terms[Name] | undefined };
type Terms = Pick<rows.ApiKeyRow, 'permissions' | 'ipAllowList' | 'rateLimit' | 'quota' | 'expiresAtMs'>;

export async function updateKey(
  { storage, audit, clock }: ApiKeysNeeds,
  actor: AccountActor,
  id: ApiKeyId,
  { name, ...limits }: KeyChange,
): Promise<{ apiKey: ApiKey }> {
  const nowMs = clock();
  return storage.transact(async (tx) => {
    const { key } = await requireChangeable(tx, actor, id);
    if (name !== undefined && name !== key.name) {
      await rows.renameApiKey(tx, id, name);
      const details = { from: key.name, to: name };
      await audit.record(tx, actor, 'api_key.renamed', { target: targetOf(key), details });
    }
    const change = differences(key, limits);
    if (Object.keys(change).length > 0) {
      await refuseChange(tx, actor, key, change, nowMs);
      const { expiresAtMs } = change;
      const reminder = expiresAtMs !== undefined && { remindAtMs: nextReminderMs(expiresAtMs, nowMs) };
      await rows.updateTerms(tx, id, { ...change, ...reminder });
      const details = { from: pick(key, Object.keys(change) as (keyof Terms)[]), to: change };
      await audit.record(tx, actor, 'api_key.changed', { target: targetOf(key), details });
      await refuseUnregistered(tx, added(key.permissions, change.permissions ?? []));
    }
    return { apiKey: apiKeyOf(await requireVisible(tx, actor, id), nowMs) };
  });
}

const TERMS = ['permissions', 'ipAllowList', 'rateLimit', 'quota', 'expiresAtMs'] as const;

function differences(key: rows.ApiKeyRow, change: LimitsChange): Partial<Terms> {
  const changed = TERMS.filter((name) => {
    const next = change[name];
    return next !== undefined && !isDeepStrictEqual(next, key[name]);
  });
  return pick(change as Terms, changed);
}

function pick(from: Terms, names: readonly (keyof Terms)[]): Partial<Terms> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

async function refuseChange(
  tx: Tx,
  actor: Actor,
  key: rows.ApiKeyRow,
  change: Partial<Terms>,
  nowMs: number,
): Promise<void> {
  if (key.revokedAtMs !== null || (key.expiresAtMs !== null && key.expiresAtMs <= nowMs)) {
    throw new Problem('state_conflict', { detail: 'A key that has ended can’t be changed. Make a new one.' });
  }
  const { allowQuery } = key;
  const permissions = change.permissions ?? key.permissions;
  refuseUnusable({ ipAllowList: [], ...change, permissions, allowQuery }, nowMs);
  const owner = await findAccount(tx, key.accountId);
  const ownerHolds = await readPermissions(tx, owner?.roles ?? []);
  refuseBeyondOwner(owner?.name ?? '', ownerHolds, added(key.permissions, permissions));
  // Whoever loosens what binds a key must hold what it opens, or they could use it through somebody else's hands.
  refuseToExceed(
    actor,
    [...new Set([...key.permissions, ...permissions])].filter((each) => ownerHolds.has(each)),
  );
}

function added(before: readonly PermissionName[], after: readonly PermissionName[]): PermissionName[] {
  return after.filter((each) => !before.includes(each));
}
