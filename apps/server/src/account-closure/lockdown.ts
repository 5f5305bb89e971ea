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
import type { Audit } from '../audit/index.ts';
import type { Mail } from '../mail/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import type { EndAccess } from './end-access.ts';

export type LockdownNeeds = {
  storage: Storage;
  audit: Audit;
  endAccess: EndAccess;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
};

/** For an account that may be in the wrong hands: everything that opens it ends, and a mailed link is the way back. */
export function createLockdown({ storage, audit, endAccess, mail, clock, publicUrl }: LockdownNeeds) {
  async function end(tx: Tx, actor: Actor, account: AccountWithRoles): Promise<EndedByLockdown> {
    const { details, ...ended } = await endAccess(tx, actor, account.id);
    await updateAccount(tx, account.id, { passwordHash: null, passwordChangedAtMs: null });
    await voidMailedLinks(tx, account.id, clock());
    await audit.record(tx, actor, 'account.locked_down', { target: targetOf(account), details });
    return ended;
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
