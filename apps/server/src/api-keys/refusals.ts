import type { ApiKeyId } from '@latchkey/schemas';
import { LRUCache } from 'lru-cache';

import type { Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { Storage } from '../storage/index.ts';
import { HOUR_MS, type Clock } from '../time/index.ts';
import type { Verdict } from './judgement.ts';
import * as rows from './rows.ts';

/** A program that doesn't notice calls thousands of times: the audit says so once in this time. */
const RECORDED_EVERY_MS = HOUR_MS;
const REMEMBERED_KEYS = 10_000;

export type RefusalsNeeds = {
  storage: Storage;
  audit: Audit;
  rateLimits: RateLimits;
  clock: Clock;
  onFailure: (error: unknown) => void;
};

/** Records that somebody who holds a key's secret uses it though it has ended. After the answer: the caller waits for nothing. */
export function createRefusals({ storage, audit, rateLimits, clock, onFailure }: RefusalsNeeds) {
  const recordedAtMs = new LRUCache<ApiKeyId, number>({ max: REMEMBERED_KEYS });
  const underWay = new Set<Promise<void>>();

  async function record(id: ApiKeyId, verdict: Verdict, origin: Origin): Promise<void> {
    const { allowed } = await rateLimits.take(`key-refused:${id}`, 1, RECORDED_EVERY_MS);
    if (!allowed) return;
    await storage.transact(async (tx) => {
      const found = await rows.findApiKey(tx, id);
      await audit.record(tx, { kind: 'anonymous', from: origin }, 'api_key.refused', {
        target: { kind: 'api_key', id, name: found?.key.name ?? null },
        details: { code: verdict },
      });
    });
  }

  return {
    note(id: ApiKeyId, verdict: Verdict, origin: Origin): void {
      if (verdict !== 'REVOKED' && verdict !== 'EXPIRED') return;
      if (clock() - (recordedAtMs.get(id) ?? -Infinity) < RECORDED_EVERY_MS) return;
      recordedAtMs.set(id, clock());
      const done = record(id, verdict, origin)
        .catch(onFailure)
        .finally(() => void underWay.delete(done));
      underWay.add(done);
    },

    /** Waits for what is under way. */
    async settle(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

export type Refusals = ReturnType<typeof createRefusals>;
