import { addressInput, linkedAddress, linkInput, noInput, ownAddress as address } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { OwnAddress } from './own-address.ts';

/**
 * A person's own email address. What a mailed link does needs no session: whoever reads the mail may. Those are mutations, so
 * that no log keeps the token.
 */
export function emailRouter(rpc: Rpc, ownAddress: OwnAddress) {
  return rpc.router({
    get: rpc.signedIn
      .meta({ rest: { method: 'GET', path: '/me/email', status: 200 } })
      .input(noInput)
      .output(address)
      .query(({ ctx }) => ownAddress.get(ctx.actor)),
    askToVerify: rpc.signedIn
      .meta({ rest: { method: 'POST', path: '/me/email/verify', status: 204 } })
      .input(noInput)
      .mutation(({ ctx }) => ownAddress.askToVerify(ctx.actor)),
    // Who holds the address holds the account, so a session that was left open isn't enough.
    askToChange: rpc
      .freshlySignedIn('10m')
      .meta({ rest: { method: 'POST', path: '/me/email/change', status: 204 } })
      .input(addressInput)
      .mutation(({ ctx, input }) => ownAddress.askToChange(ctx.actor, input.email)),
    verify: rpc.open
      .input(linkInput)
      .output(linkedAddress)
      .mutation(({ ctx, input }) => ownAddress.verify(ctx.origin, input.token)),
    change: rpc.open
      .input(linkInput)
      .output(linkedAddress)
      .mutation(({ ctx, input }) => ownAddress.change(ctx.origin, input.token)),
    takeBack: rpc.open
      .input(linkInput)
      .output(linkedAddress)
      .mutation(({ ctx, input }) => ownAddress.takeBack(ctx.origin, input.token)),
  });
}
