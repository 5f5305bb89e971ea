import {
  accountExport,
  accountInput,
  closeAccountInput,
  closeUserInput,
  endedByLockdown,
  noInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Closure } from './closure.ts';
import type { Exports } from './export.ts';
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

/** Proved anew: whoever finds an open browser would get everything at once. */
export function exportMe(rpc: Rpc, exports: Exports) {
  return rpc
    .freshlySignedIn('10m')
    .meta({ rest: { method: 'POST', path: '/me/export', status: 200 } })
    .input(noInput)
    .output(accountExport)
    .mutation(({ ctx }) => exports.take(ctx.actor, ctx.actor.accountId));
}

export function exportSomebody(rpc: Rpc, exports: Exports) {
  return rpc
    .permitted('users:write', { credentials: ['session'], fresh: '10m' })
    .meta({ rest: { method: 'POST', path: '/users/{id}/export', status: 200 } })
    .input(accountInput)
    .output(accountExport)
    .mutation(({ ctx, input }) => exports.take(ctx.actor, input.id));
}

export function closeMe(rpc: Rpc, closure: Closure) {
  return rpc
    .freshlySignedIn('10m')
    .meta({ rest: { method: 'POST', path: '/me/close', status: 204 } })
    .input(closeAccountInput)
    .mutation(async ({ ctx, input }) => {
      await closure.close(ctx.actor, ctx.actor.accountId, input.email);
      ctx.sessionCookie.clear();
    });
}

export function closeSomebody(rpc: Rpc, closure: Closure) {
  return rpc
    .permitted('users:write', { credentials: ['session'], fresh: '10m' })
    .meta({ rest: { method: 'POST', path: '/users/{id}/close', status: 204 } })
    .input(closeUserInput)
    .mutation(({ ctx, input }) => closure.close(ctx.actor, input.id, input.email));
}
