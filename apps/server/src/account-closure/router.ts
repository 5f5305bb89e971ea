import { accountInput, endedByLockdown, exportedAccount, noInput } from '@latchkey/schemas';

import type { CallContext, Rpc } from '../rpc/index.ts';
import type { Closure } from './closure.ts';
import type { Export } from './export.ts';
import type { Lockdown } from './lockdown.ts';

export type Endings = { lockdown: Lockdown; closure: Closure; exporting: Export };

/** One's own account. */
export function ownEndings(rpc: Rpc, { lockdown, closure, exporting }: Endings) {
  const leave = ({ sessionCookie }: CallContext) => sessionCookie.clear();
  return rpc.router({
    // No fresh sign-in is asked for: whoever needs it has no time, and it gives nobody anything.
    lockDown: rpc.signedIn
      .meta({ rest: { method: 'POST', path: '/me/lock-down', status: 200 } })
      .input(noInput)
      .output(endedByLockdown)
      .mutation(async ({ ctx }) => {
        const ended = await lockdown.lockDown(ctx.actor, ctx.actor.accountId);
        leave(ctx);
        return ended;
      }),
    // A mutation, since it is an act: the audit says that the data was taken.
    export: rpc
      .freshlySignedIn('10m')
      .meta({ rest: { method: 'POST', path: '/me/export', status: 200 } })
      .input(noInput)
      .output(exportedAccount)
      .mutation(({ ctx }) => exporting.exportAccount(ctx.actor, ctx.actor.accountId)),
    close: rpc
      .freshlySignedIn('10m')
      .meta({ rest: { method: 'POST', path: '/me/close', status: 204 } })
      .input(noInput)
      .mutation(async ({ ctx }) => {
        await closure.close(ctx.actor, ctx.actor.accountId);
        leave(ctx);
      }),
  });
}

/** Somebody else's, for admins. */
export function othersEndings(rpc: Rpc, { lockdown, closure, exporting }: Endings) {
  return rpc.router({
    lockDown: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'POST', path: '/users/{id}/lock-down', status: 200 } })
      .input(accountInput)
      .output(endedByLockdown)
      .mutation(({ ctx, input }) => lockdown.lockDown(ctx.actor, input.id)),
    export: rpc
      .permitted('users:write', { fresh: '10m', credentials: ['session'] })
      .meta({ rest: { method: 'POST', path: '/users/{id}/export', status: 200 } })
      .input(accountInput)
      .output(exportedAccount)
      .mutation(({ ctx, input }) => exporting.exportAccount(ctx.actor, input.id)),
    close: rpc
      .permitted('users:write', { fresh: '10m', credentials: ['session'] })
      .meta({ rest: { method: 'POST', path: '/users/{id}/close', status: 204 } })
      .input(accountInput)
      .mutation(({ ctx, input }) => closure.close(ctx.actor, input.id)),
  });
}
