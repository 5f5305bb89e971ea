import type { AccountId } from '@latchkey/schemas';

import {
  closeAccount,
  closedMessage,
  keepAnAdmin,
  requireWithin,
  targetOf,
  voidMailedLinks,
} from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import { revokeKeysOf } from '../api-keys/index.ts';
import type { LockdownNeeds } from './lockdown.ts';

/**
 * Closing an account: what opens it ends, and what it says of the person goes. The row stays without an address, a name and a
 * way in, since keys and the audit point at it; in the audit the person is an id from then on, and a name in what was
 * recorded before, which the chain of digests binds.
 */
export function createClosure({ storage, audit, sessions, devices, mail, clock, publicUrl }: LockdownNeeds) {
  return {
    /** One's own, or somebody's who holds no more than the actor. The last admin can't go. */
    async close(actor: Actor, id: AccountId): Promise<void> {
      const email = await storage.transact(async (tx) => {
        const account = await requireWithin(tx, actor, id, 'person');
        await revokeKeysOf(tx, id, clock());
        await sessions.endAll(tx, actor, id, null);
        await sessions.forget(tx, id);
        await devices.forgetAll(tx, id);
        await voidMailedLinks(tx, id, clock());
        await closeAccount(tx, id, clock());
        const { kind } = targetOf(account);
        await audit.record(tx, actor, 'account.closed', { target: { kind, id } });
        await keepAnAdmin(tx, account);
        return account.email;
      });
      if (email !== null) mail.later(async () => void (await mail.send(closedMessage(email, publicUrl))));
    },
  };
}

export type Closure = ReturnType<typeof createClosure>;
