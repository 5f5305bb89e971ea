import type { ApiKeyId } from '@latchkey/schemas';

import { networkOf } from '../rate-limits/index.ts';
import type { SourceCalls } from './gathering.ts';
import type { SourceRow } from './rows.ts';

const AGENT_LENGTH_AT_MOST = 200;

/** What was seen of a key, one row for each network and program. */
export function sourceRows(apiKeyId: ApiKeyId, sources: readonly SourceCalls[], nowMs: number): SourceRow[] {
  const found = new Map<string, SourceRow>();
  for (const { address, userAgent, calls, byPreviousSecret } of sources) {
    const network = networkOf(address ?? '');
    const agent = userAgent.slice(0, AGENT_LENGTH_AT_MOST).toWellFormed();
    const same = found.get(`${network} ${agent}`);
    const previousSecretAtMs = byPreviousSecret ? nowMs : (same?.previousSecretAtMs ?? null);
    const row = { apiKeyId, network, agent, firstSeenAtMs: nowMs, lastSeenAtMs: nowMs, previousSecretAtMs };
    found.set(`${network} ${agent}`, { ...row, calls: calls + (same?.calls ?? 0) });
  }
  return [...found.values()].toSorted((a, b) => (a.network + a.agent < b.network + b.agent ? -1 : 1));
}
