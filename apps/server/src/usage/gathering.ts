import type { ApiKeyId, Counts, Outcome } from '@latchkey/schemas';

import type { Origin } from '../actors/index.ts';

/** A call that a key made, or tried to make. */
export type KeyUse = {
  apiKeyId: ApiKeyId;
  procedure: string;
  /** The permissions that it relied on. */
  permissions: ReadonlySet<string>;
  outcome: Outcome;
  from: Pick<Origin, 'address' | 'userAgent'> & Partial<Pick<Origin, 'requestId'>>;
  /** Whether it came with a secret that a rotation has replaced. */
  byPreviousSecret: boolean;
};

/** Of more sources of one key between two writes, those that came first are told. */
const SOURCES_AT_MOST = 20;

export type ProcedureCalls = { apiKeyId: ApiKeyId; procedure: string; permissions: string; counts: Counts };
export type SourceCalls = KeyUse['from'] & {
  /** Of which the request is the first. */
  calls: number;
  byPreviousSecret: boolean;
};
export type KeyCalls = {
  /** By procedure and permissions. */
  procedures: Map<string, ProcedureCalls>;
  /** Of all of them, those that are taken out too. */
  counts: Counts;
  sources: SourceCalls[];
};

export function noCounts(): Counts {
  return { ok: 0, denied: 0, limited: 0, failed: 0 };
}

/** What was counted within one hour and isn't written yet. Adding a call that is like one before makes nothing new. */
export class Gathering {
  readonly hourMs: number;
  readonly keys = new Map<ApiKeyId, KeyCalls>();
  /** How many things are remembered, which is what takes memory. */
  size = 0;

  constructor(hourMs: number) {
    this.hourMs = hourMs;
  }

  add(use: KeyUse): void {
    const key = this.#keyOf(use.apiKeyId);
    this.#callsOf(key, use).counts[use.outcome] += 1;
    key.counts[use.outcome] += 1;
    this.#see(key, use);
  }

  /** Takes out what is counted by procedure; the rest goes on being gathered. */
  takeProcedures(): ProcedureCalls[] {
    const taken: ProcedureCalls[] = [];
    for (const { procedures } of this.keys.values()) {
      if (procedures.size === 0) continue;
      taken.push(...procedures.values());
      procedures.clear();
    }
    this.size -= taken.length;
    return taken;
  }

  #keyOf(id: ApiKeyId): KeyCalls {
    let key = this.keys.get(id);
    if (key === undefined) {
      key = { procedures: new Map(), counts: noCounts(), sources: [] };
      this.keys.set(id, key);
      this.size += 1;
    }
    return key;
  }

  #callsOf(key: KeyCalls, { apiKeyId, procedure, permissions: reliedOn }: KeyUse): ProcedureCalls {
    const permissions = permissionsText(reliedOn);
    const name = permissions === '' ? procedure : `${procedure} ${permissions}`;
    let calls = key.procedures.get(name);
    if (calls === undefined) {
      calls = { apiKeyId, procedure, permissions, counts: noCounts() };
      key.procedures.set(name, calls);
      this.size += 1;
    }
    return calls;
  }

  #see({ sources }: KeyCalls, { from, byPreviousSecret }: KeyUse): void {
    for (const source of sources) {
      if (
        source.address === from.address &&
        source.byPreviousSecret === byPreviousSecret &&
        source.userAgent === from.userAgent
      ) {
        source.calls += 1;
        return;
      }
    }
    if (sources.length === SOURCES_AT_MOST) return;
    const { address, userAgent, requestId = null } = from;
    sources.push({ address, userAgent, requestId, calls: 1, byPreviousSecret });
    this.size += 1;
  }
}

function permissionsText(permissions: ReadonlySet<string>): string {
  if (permissions.size === 0) return '';
  const [first = ''] = permissions;
  return permissions.size === 1 ? first : [...permissions].toSorted().join(' ');
}
