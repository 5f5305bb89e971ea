import type { AccountId, Act } from '@latchkey/schemas';

import type { Actor, Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { SESSION_LIFETIME_MS } from '../sessions/index.ts';
import type { Storage } from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';
import { nameOf } from './adapter.ts';
import * as rows from './rows.ts';

/** However often it is renewed, a family ends then: with the session that it came from, or after a year where it may outlive that. */
export function familyLifetimeMs(scope = ''): number {
  return scope.split(' ').includes('offline_access') ? 365 * DAY_MS : SESSION_LIFETIME_MS;
}

/** Why a family of tokens ends at the engine's word. */
export type Cause = { origin: Origin; act: Extract<Act, `grant.${string}`>; appId: string };

/** Ends a family once and records it once, however many noticed. */
export async function endFamily(
  { storage, audit }: { storage: Storage; audit: Audit },
  familyId: string,
  { origin, act, appId }: Cause,
): Promise<void> {
  await storage.transact(async (tx) => {
    const family = await rows.findArtifact(tx, nameOf('Grant', familyId));
    const ended = await rows.deleteFamily(tx, familyId);
    if (!ended || family === null) return;
    const actor: Actor = { kind: 'anonymous', from: origin };
    const { accountId } = family.artifact;
    await audit.record(tx, actor, act, { ...targetOf(accountId), details: { appId } });
  });
}

function targetOf(accountId: AccountId | null) {
  return accountId === null ? {} : { target: { kind: 'account', id: accountId } };
}
