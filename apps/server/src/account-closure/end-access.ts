import type { AccountId } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { revokeKeysOf } from '../api-keys/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Passkeys } from '../factors/index.ts';
import { endGrantsOf } from '../oauth/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

type Needs = { sessions: Sessions; devices: Devices; passkeys: Passkeys; clock: Clock };

/**
 * Ends everything that opens an account but its password: keys, sessions, what apps were allowed, passkeys, known browsers. In
 * the transaction of what it is for: nothing that was taken over can be used to make something new in between.
 */
export function createEndAccess({ sessions, devices, passkeys, clock }: Needs) {
  return async (tx: Tx, actor: Actor, id: AccountId) => {
    const apiKeys = await revokeKeysOf(tx, id, clock());
    // Before what apps hold: by that they are told that the sessions ended.
    const ended = await sessions.endAll(tx, actor, id, null);
    const grants = await endGrantsOf(tx, id);
    const removed = await passkeys.removeAll(tx, id);
    await devices.forgetAll(tx, id);
    return {
      apiKeys,
      sessions: ended,
      apps: grants.map(({ appName }) => appName),
      /** For the audit. */
      details: {
        apiKeyIds: apiKeys.map((key) => key.id),
        appIds: grants.map(({ appId }) => appId),
        passkeys: removed,
      },
    };
  };
}

export type EndAccess = ReturnType<typeof createEndAccess>;
