import type { AccountId } from '@latchkey/schemas';

import { closedMessage, keepAnAdmin, requireWithin, targetOf, type AccountWithRoles } from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import type { LockdownNeeds } from './lockdown.ts';
import * as rows from './rows.ts';

/** The end of an account: nothing opens it any more, and what was kept of the person goes. Its audit entries stay, without names. */
export function createClosure(needs: LockdownNeeds) {
  const { storage, audit, endAccess, mail, publicUrl } = needs;

  async function end(tx: Tx, actor: Actor, account: AccountWithRoles): Promise<void> {
    const { id } = account;
    const ended = await endAccess(tx, actor, id);
    // It names every key, those included that had ended: the audit's own check asks who explains what is erased.
    const details = { ...ended.details, apiKeyIds: await rows.listKeyIds(tx, id) };
    await audit.record(tx, actor, 'account.closed', { target: targetOf(account), details });
  }

  async function forget(tx: Tx, { id, email }: AccountWithRoles): Promise<void> {
    await rows.emptyAccount(tx, id, email ?? '');
    await rows.emptyCredentials(tx, id);
    await rows.forgetDenials(tx, id);
    await rows.forgetInAlerts(tx, id, email ?? '');
    await audit.eraseFrom(tx, id);
  }

  return {
    /** One's own account, or somebody's who holds no more than the actor; never the last admin's. `email` is the account's, as typed. */
    async close(actor: Actor, id: AccountId, email: string): Promise<void> {
      await storage.transact(async (tx) => {
        const account = await requireWithin(tx, actor, id, 'person');
        if (email !== account.email) throw new Problem('input_invalid', { issues: [NOT_THE_ADDRESS] });
        await end(tx, actor, account);
        await forget(tx, account);
        await keepAnAdmin(tx, account);
      });
      mail.later(async () => void (await mail.send(closedMessage(email, publicUrl))));
    },
  };
}

export type Closure = ReturnType<typeof createClosure>;

const NOT_THE_ADDRESS = { path: 'email', message: "That isn't the account's email address." };
