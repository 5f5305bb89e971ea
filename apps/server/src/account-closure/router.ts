import { accountInput, endedByLockdown, noInput } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Lockdown } from './lockdown.ts';

/** One's own account. No fresh sign-in is asked for: whoever needs it has no time, and it gives nobody anything. */
export function lockMeDown(rpc: Rpc, lockdown: Lockdown) {
  return rpc.signedIn
    .meta({ rest: { method: 'POST', path: '/me/lock-down', status: 200 } })
    .input(noInput)
    .output(endedByLockdown)
    .mutation(async ({ ctx }) => {
      const ended = await lockdown.lockDown(ctx.actor, ctx.actor.accountId);
      ctx.sessionCookie.clear();
      return ended;
    });
}

/** Somebody else's, for admins. */
export function lockSomebodyDown(rpc: Rpc, lockdown: Lockdown) {
  return rpc
    .permitted('users:write')
    .meta({ rest: { method: 'POST', path: '/users/{id}/lock-down', status: 200 } })
    .input(accountInput)
    .output(endedByLockdown)
    .mutation(({ ctx, input }) => lockdown.lockDown(ctx.actor, input.id));
}
