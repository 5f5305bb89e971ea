import type { Activity, ApiKeyId, SourceList, Suggestion, Usage, UsageRange } from '@latchkey/schemas';

import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { activityOf, activityStart, reportOf, startOf, suggestionOf, suggestionStart, unitOf } from './report.ts';
import * as rows from './rows.ts';

/** What was counted of keys. Who may see it is for the caller to know. */
export function createHistory({ storage: { read }, clock }: { storage: Storage; clock: Clock }) {
  return {
    async usageOf(id: ApiKeyId, range: UsageRange): Promise<Omit<Usage, 'quota'>> {
      const nowMs = clock();
      const sums = await rows.sumByProcedure(read, id, startOf(range, nowMs), unitOf(range));
      return reportOf(range, sums, nowMs);
    },

    async sourcesOf(id: ApiKeyId, rotatedAtMs: number | null): Promise<SourceList> {
      const found = await rows.listSources(read, id);
      const items = found.map(({ previousSecretAtMs, ...source }) => ({
        ...source,
        // A secret that an earlier rotation replaced is no news any more.
        oldSecretAtMs: rotatedAtMs !== null && (previousSecretAtMs ?? 0) >= rotatedAtMs ? previousSecretAtMs : null,
      }));
      return { items };
    },

    async suggestionFor(id: ApiKeyId, permissions: readonly string[], createdAtMs: number): Promise<Suggestion> {
      const fromMs = suggestionStart(clock());
      const sums = await rows.sumByPermissions(read, id, fromMs);
      return suggestionOf(permissions, sums, Math.max(fromMs, createdAtMs));
    },

    async activityOf(ids: readonly ApiKeyId[]): Promise<Activity[]> {
      const nowMs = clock();
      return activityOf(ids, await rows.listDays(read, ids, activityStart(nowMs)), nowMs);
    },
  };
}

export type History = ReturnType<typeof createHistory>;
