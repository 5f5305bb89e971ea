import { setImmediate as turn } from 'node:timers/promises';

import type { ApiKeyId, SessionId } from '@latchkey/schemas';

import { markApiKeysUsed } from '../api-keys/index.ts';
import type { Sessions } from '../sessions/index.ts';
import { partsOf, slicesOf, type Storage, type Tx } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';

/** A kill of the process loses at most so much of "last used"; nothing else hangs on it. */
const FLUSH_EACH_MS = SECOND_MS;

/** Thousands of keys may be used in a second. No more than these are written at once, some 5 ms, before calls get their turn. */
const WRITTEN_AT_ONCE = 1024;

/**
 * Gathers which credentials were used, and writes it once a second instead of for each call. All that were used between two
 * writes get the time of the last of them.
 */
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
  let used = nothingUsed();
  let writing = Promise.resolve();

  /** One after the other: whoever waits for it knows that everything until then is written. */
  function flush(): Promise<void> {
    writing = writing.catch(() => undefined).then(writeUsed);
    return writing;
  }

  async function writeUsed(): Promise<void> {
    const { keys, visits, atMs } = used;
    used = nothingUsed();
    await write([...keys], (tx, ids) => markApiKeysUsed(tx, ids, atMs));
    for (const [address, visitors] of byAddress(visits)) {
      await write(visitors, (tx, ids) => sessions.markUsed(tx, ids, atMs, address));
    }
  }

  async function write<Id extends string>(ids: Id[], mark: (tx: Tx, part: Id[]) => Promise<void>): Promise<void> {
    // In one order everywhere, so that two instances can't wait for each other's rows.
    for (const some of slicesOf(ids.toSorted(), WRITTEN_AT_ONCE)) {
      await storage.transact(async (tx) => {
        for (const part of partsOf(some)) await mark(tx, part);
      });
      await turn();
    }
  }

  const timer = setInterval(() => void flush().catch(onFailure), FLUSH_EACH_MS);
  timer.unref();

  return {
    apiKey(id: ApiKeyId): void {
      used.keys.add(id);
      used.atMs = clock();
    },
    session(id: SessionId, address: string | null): void {
      used.visits.set(id, address);
      used.atMs = clock();
    },
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      // What comes after it in closing has to happen whether or not the database is there.
      await flush().catch(onFailure);
    },
  };
}

export type LastUse = ReturnType<typeof createLastUse>;

function nothingUsed() {
  return { keys: new Set<ApiKeyId>(), visits: new Map<SessionId, string | null>(), atMs: 0 };
}

function byAddress(visits: ReadonlyMap<SessionId, string | null>): Map<string | null, SessionId[]> {
  const visitors = new Map<string | null, SessionId[]>();
  for (const [id, address] of visits) {
    const there = visitors.get(address);
    if (there) there.push(id);
    else visitors.set(address, [id]);
  }
  return visitors;
}
