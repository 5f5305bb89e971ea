import type { Activity, ApiKey, ApiKeyId, SourceList, Suggestion, Usage, UsageRange } from '@latchkey/schemas';

import { holds, type AccountActor, type Actor } from '../actors/index.ts';
import { decodeCursor, pageOf } from '../storage/index.ts';
import { requireAllVisible, requireChangeable, requireVisible } from './access.ts';
import { apiKeyOf, targetOf } from './answer.ts';
import { updateKey, type KeyChange } from './changes.ts';
import { createKey, type NewApiKey } from './creation.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { rotateKey } from './rotation.ts';
import * as rows from './rows.ts';
import { verifyKey, type Asked } from './verification.ts';

type ListFilter = rows.ApiKeyFilter & { cursor?: string | undefined; limit: number };

export function createApiKeys(needs: ApiKeysNeeds) {
  const { storage, audit, quotas, history, clock } = needs;
  return {
    create: (actor: Actor, input: NewApiKey) => createKey(needs, actor, input),

    async list(actor: AccountActor, { cursor, limit, ...filter }: ListFilter) {
      const after = decodeCursor(cursor);
      const seesAll = holds(actor, 'all_api_keys:read');
      const accountId = seesAll ? filter.accountId : actor.accountId;
      if (!seesAll && filter.accountId !== undefined && filter.accountId !== actor.accountId) {
        return { items: [], nextCursor: null };
      }
      const nowMs = clock();
      const found = await rows.listApiKeys(storage.read, { ...filter, accountId }, after, limit + 1, nowMs);
      return pageOf(
        found,
        limit,
        (owned) => apiKeyOf(owned, nowMs),
        ({ key }) => rows.placeOf(key, filter),
      );
    },

    async get(actor: AccountActor, id: ApiKeyId): Promise<ApiKey> {
      return apiKeyOf(await requireVisible(storage.read, actor, id), clock());
    },

    update: (actor: AccountActor, id: ApiKeyId, change: KeyChange) => updateKey(needs, actor, id, change),

    rotate: (actor: Actor, id: ApiKeyId, graceSeconds: number) => rotateKey(needs, actor, id, graceSeconds),

    /** At once: the key's next call is refused. Revoking it again changes nothing. */
    async revoke(actor: Actor, id: ApiKeyId): Promise<{ apiKey: ApiKey }> {
      return storage.transact(async (tx) => {
        const { key } = await requireChangeable(tx, actor, id);
        const revoked = await rows.revokeApiKey(tx, id, clock());
        if (revoked) await audit.record(tx, actor, 'api_key.revoked', { target: targetOf(key) });
        return { apiKey: apiKeyOf(await requireVisible(tx, actor, id), clock()) };
      });
    },

    async usage(actor: AccountActor, id: ApiKeyId, range: UsageRange): Promise<Usage> {
      const { key } = await requireVisible(storage.read, actor, id);
      const quota = key.quota && (await quotas.stateOf(id, key.quota));
      return { ...(await history.usageOf(id, range)), quota };
    },

    async sources(actor: AccountActor, id: ApiKeyId): Promise<SourceList> {
      const { key } = await requireVisible(storage.read, actor, id);
      return history.sourcesOf(id, key.rotatedAtMs);
    },

    async suggestion(actor: AccountActor, id: ApiKeyId): Promise<Suggestion> {
      const { key } = await requireVisible(storage.read, actor, id);
      return history.suggestionFor(id, key.permissions, key.createdAtMs);
    },

    async activity(actor: AccountActor, ids: readonly ApiKeyId[]): Promise<{ items: Activity[] }> {
      await requireAllVisible(storage.read, actor, ids);
      return { items: await history.activityOf(ids) };
    },

    verify: (actor: AccountActor, asked: Asked) => verifyKey(needs, actor, asked),
  };
}

export type ApiKeys = ReturnType<typeof createApiKeys>;
