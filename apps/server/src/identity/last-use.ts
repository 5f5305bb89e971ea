import type { ApiKeyId, SessionId } from '@latchkey/schemas';

import { markApiKeyUsed } from '../api-keys/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Storage } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';

/** A kill of the process loses at most so much of "last used"; nothing else hangs on it. */
const FLUSH_EACH_MS = SECOND_MS;

/** Gathers when credentials were last used, and writes it in one transaction a second instead of one for each call. */
export function createLastUse({
  storage,
  sessions,
  clock,
  onFailure,
}: {
  storage: Storage;
  sessions: Sessions;
  clock: Clock;
  onFailure: (error: unknown) => void;
}) {
  let usedKeys = new Map<ApiKeyId, number>();
  let usedSessions = new Map<SessionId, { atMs: number; address: string | null }>();

  async function flush(): Promise<void> {
    if (usedKeys.size === 0 && usedSessions.size === 0) return;
    const [keys, visits] = [usedKeys, usedSessions];
    usedKeys = new Map();
    usedSessions = new Map();
    // In one order everywhere, so that two instances can't wait for each other's rows.
    await storage.transact(async (tx) => {
      for (const [id, atMs] of [...keys].toSorted(byId)) await markApiKeyUsed(tx, id, atMs);
      for (const [id, { atMs, address }] of [...visits].toSorted(byId)) await sessions.markUsed(tx, id, atMs, address);
    });
  }

  const timer = setInterval(() => void flush().catch(onFailure), FLUSH_EACH_MS);
  timer.unref();

  return {
    apiKey: (id: ApiKeyId) => void usedKeys.set(id, clock()),
    session: (id: SessionId, address: string | null) => void usedSessions.set(id, { atMs: clock(), address }),
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      // What comes after it in closing has to happen whether or not the database is there.
      await flush().catch(onFailure);
    },
  };
}

export type LastUse = ReturnType<typeof createLastUse>;

function byId([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
