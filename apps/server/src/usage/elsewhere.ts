import type { ApiKeyId } from '@latchkey/schemas';

import { NOWHERE } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { neighbourhoodOf } from '../rate-limits/index.ts';
import type { Tx } from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';
import type { KeyCalls } from './gathering.ts';
import * as rows from './rows.ts';

/** Before that a program is still being set up. */
const SETTLED_AFTER_MS = DAY_MS;
/** A key that is used from more places than these is used from everywhere: one more says nothing. */
const FEW = 5;

/** Tells the audit where a key, used from the same few networks for a day or more, is used from one that is nowhere near. */
export function createElsewhere(audit: Audit) {
  async function newcomerOf(tx: Tx, id: ApiKeyId, { sources }: Pick<KeyCalls, 'sources'>, nowMs: number) {
    const before = (await rows.listSources(tx, id)).filter(({ firstSeenAtMs }) => firstSeenAtMs < nowMs);
    const known = new Set(before.map(({ network }) => neighbourhoodOf(network)));
    if (known.size > FEW) return undefined;
    return sources.find(({ address }) => !known.has(neighbourhoodOf(address ?? '')));
  }

  /** `seenAnew` are those of the keys that have a source that wasn't there before. */
  return async (tx: Tx, keys: ReadonlyMap<ApiKeyId, KeyCalls>, seenAnew: readonly ApiKeyId[], nowMs: number) => {
    for (const id of await rows.keysSeenBefore(tx, seenAnew, nowMs - SETTLED_AFTER_MS)) {
      const newcomer = await newcomerOf(tx, id, keys.get(id) ?? { sources: [] }, nowMs);
      if (newcomer === undefined) continue;
      const { address, userAgent, requestId = null } = newcomer;
      const from = { ...NOWHERE, address, userAgent, requestId };
      const facts = { target: { kind: 'api_key', id }, details: { userAgent } };
      await audit.record(tx, { kind: 'anonymous', from }, 'api_key.new_network', facts);
    }
  };
}
