import type { ApiKeyId, SessionId } from '@latchkey/schemas';

import { markApiKeysUsed } from '../api-keys/index.ts';
import { markSessionsUsed } from '../sessions/index.ts';
import { writeInSlices, type Storage } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, startWrites, type Clock } from '../time/index.ts';
import { Uses } from './uses.ts';

/** How soon the first use is written. */
const WRITE_EACH_MS = SECOND_MS;

/** How often one credential's uses are written, or each second would write all that are in use. A kill of the process loses no more. */
const EACH_ONCE_IN_MS = MINUTE_MS;

type KeyUse = { id: ApiKeyId; atMs: number };
type SessionUse = { id: SessionId; atMs: number; address: string | null };

export type LastUseNeeds = { storage: Storage; clock: Clock; onFailure: (error: unknown) => void };

/** Gathers when each credential was last used, and writes it apart from the calls: within a minute, the first time within a second. */
export function createLastUse({ storage, clock, onFailure }: LastUseNeeds) {
  const keys = new Uses<KeyUse>(EACH_ONCE_IN_MS);
  const sessions = new Uses<SessionUse>(EACH_ONCE_IN_MS);
  const writes = startWrites({ everyMs: WRITE_EACH_MS, due: writeDue, onFailure });

  async function writeTaken(taken: { keys: KeyUse[]; sessions: SessionUse[] }): Promise<void> {
    const idOf = ({ id }: { id: string }) => id;
    try {
      await writeInSlices(storage, taken.keys, { idOf, write: markApiKeysUsed });
      await writeInSlices(storage, taken.sessions, { idOf, write: markSessionsUsed });
    } catch (error) {
      keys.putBack(taken.keys);
      sessions.putBack(taken.sessions);
      throw error;
    }
  }

  function writeDue(): Promise<void> {
    return writes.afterOthers(() => writeTaken({ keys: keys.takeDue(clock()), sessions: sessions.takeDue(clock()) }));
  }

  function flush(): Promise<void> {
    return writes.afterOthers(() => writeTaken({ keys: keys.takeAll(), sessions: sessions.takeAll() }));
  }

  return {
    apiKey: (id: ApiKeyId): void => keys.note({ id, atMs: clock() }),
    session: (id: SessionId, address: string | null): void => sessions.note({ id, atMs: clock(), address }),
    /** Writes all. */
    flush,
    close: () => writes.close(flush),
  };
}

export type LastUse = ReturnType<typeof createLastUse>;
