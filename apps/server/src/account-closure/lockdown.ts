import type { AccountId, EndedByLockdown } from '@latchkey/schemas';

import {
  issueLink,
  lockdownMessage,
  requireWithin,
  targetOf,
  updateAccount,
  voidMailedLinks,
  type AccountWithRoles,
  type OneTimeLink,
} from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import { revokeKeysOf } from '../api-keys/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Passkeys } from '../factors/index.ts';
import type { Mail } from '../mail/index.ts';
import { endGrantsOf } from '../oauth/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

export type LockdownNeeds = {
  storage: Storage;
  audit: Audit;
  sessions: Sessions;
  devices: Devices;
  passkeys: Passkeys;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
};

/** For an account that may be in the wrong hands: everything that opens it ends, and a mailed link is the way back. */
export function createLockdown({ storage, audit, sessions, devices, passkeys, mail, clock, publicUrl }: LockdownNeeds) {
  /** All in one transaction: nothing that was taken over can be used to make something new in between. */
  async function end(tx: Tx, actor: Actor, account: AccountWithRoles): Promise<EndedByLockdown> {
    const apiKeys = await revokeKeysOf(tx, account.id, clock());
    // Before what apps hold: by that they are told that the sessions ended.
    const ended = await sessions.endAll(tx, actor, account.id, null);
    const grants = await endGrantsOf(tx, account.id);
    await updateAccount(tx, account.id, { passwordHash: null, passwordChangedAtMs: null });
    const removed = await passkeys.removeAll(tx, account.id);
    await devices.forgetAll(tx, account.id);
    await voidMailedLinks(tx, account.id, clock());
    await audit.record(tx, actor, 'account.locked_down', {
      target: targetOf(account),
      details: { apiKeyIds: apiKeys.map(({ id }) => id), appIds: grants.map(({ appId }) => appId), passkeys: removed },
    });
    const apps = grants.map(({ appName }) => appName);
    return { sessions: ended, apiKeys, apps };
  }

  function wayBack(tx: Tx, { id, email }: AccountWithRoles): Promise<OneTimeLink> {
    return issueLink(tx, publicUrl, 'reset', { accountId: id, email }, clock());
  }

  return {
    /** Of one's own account, or of somebody's who holds no more than the actor. */
    async lockDown(actor: Actor, id: AccountId): Promise<EndedByLockdown> {
      const { ended, link, email } = await storage.transact(async (tx) => {
        const account = await requireWithin(tx, actor, id, 'person');
        const isActive = account.status === 'active';
        return {
          ended: await end(tx, actor, account),
          link: isActive ? await wayBack(tx, account) : null,
          email: account.email,
        };
      });
      if (link !== null && email !== null) {
        mail.later(async () => void (await mail.send(lockdownMessage(email, link, publicUrl))));
      }
      return ended;
    },
  };
}

export type Lockdown = ReturnType<typeof createLockdown>;
