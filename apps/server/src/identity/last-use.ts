import { setImmediate as turn } from 'node:timers/promises';

import type { ApiKeyId, SessionId } from '@latchkey/schemas';

import { markApiKeysUsed } from '../api-keys/index.ts';
import { markSessionsUsed } from '../sessions/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { Uses } from './uses.ts';

/** How soon a use is written. A kill of the process loses no more, of a credential that wasn't used in the minute before. */
const WRITE_EACH_MS = SECOND_MS;

/** One credential's uses are written no more often, or each second of traffic would write all that are in use. */
const EACH_ONCE_IN_MS = MINUTE_MS;

/** Thousands of keys may be used in a second. No more than these are written at once, some 5 ms, before calls get their turn. */
const WRITTEN_AT_ONCE = 1024;

export type LastUseNeeds = { storage: Storage; clock: Clock; onFailure: (error: unknown) => void };

/** Gathers when each credential was last used, and writes it apart from the calls: within a minute, the first time within a second. */
export function createLastUse({ storage, clock, onFailure }: LastUseNeeds) {
  const keys = new Uses<{ id: ApiKeyId; atMs: number }>(EACH_ONCE_IN_MS);
  const sessions = new Uses<{ id: SessionId; atMs: number; address: string | null }>(EACH_ONCE_IN_MS);
  let writing = Promise.resolve();

  /** One after the other: whoever waits for it knows that everything until then is written. */
  function afterOthers(write: () => Promise<void>): Promise<void> {
    writing = writing.catch(() => undefined).then(write);
    return writing;
  }

  function writeDue(): Promise<void> {
    return afterOthers(async () => {
      await write(keys.takeDue(clock()), markApiKeysUsed);
      await write(sessions.takeDue(clock()), markSessionsUsed);
    });
  }

  function flush(): Promise<void> {
    return afterOthers(async () => {
      await write(keys.takeAll(), markApiKeysUsed);
      await write(sessions.takeAll(), markSessionsUsed);
    });
  }

  async function write<Use extends { id: string }>(
    uses: readonly Use[],
    mark: (tx: Tx, part: readonly Use[]) => Promise<void>,
  ): Promise<void> {
    // In one order everywhere, so that two instances can't wait for each other's rows.
    const inOrder = uses.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (let at = 0; at < inOrder.length; at += WRITTEN_AT_ONCE) {
      await storage.transact((tx) => mark(tx, inOrder.slice(at, at + WRITTEN_AT_ONCE)));
      await turn();
    }
  }

  const timer = setInterval(() => void writeDue().catch(onFailure), WRITE_EACH_MS);
  timer.unref();

  return {
    apiKey: (id: ApiKeyId): void => keys.note({ id, atMs: clock() }),
    session: (id: SessionId, address: string | null): void => sessions.note({ id, atMs: clock(), address }),
    /** Writes all. */
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      // What comes after it in closing has to happen whether or not the database is there.
      await flush().catch(onFailure);
    },
  };
}

export type LastUse = ReturnType<typeof createLastUse>;
