import { confirmTotpInput, noInput, recoveryCodes, security, totpEnrolment } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Factors } from './service.ts';

/** A person's own factors. Each change wants a fresh proof: a browser left open must not change who can come in. */
export function factorsRouter(rpc: Rpc, factors: Factors) {
  const fresh = () => rpc.freshlySignedIn('15m');
  return rpc.router({
    security: rpc.signedIn
      .meta({ rest: { method: 'GET', path: '/me/security', status: 200 } })
      .input(noInput)
      .output(security)
      .query(({ ctx }) => factors.security(ctx.actor)),
    // A mutation, since no two answers are alike.
    startTotp: fresh()
      .input(noInput)
      .output(totpEnrolment)
      .mutation(({ ctx }) => factors.startTotp(ctx.actor)),
    confirmTotp: fresh()
      .input(confirmTotpInput)
      .output(recoveryCodes)
      .mutation(({ ctx, input }) => factors.confirmTotp(ctx.actor, input)),
    removeTotp: fresh()
      .input(noInput)
      .mutation(({ ctx }) => factors.removeTotp(ctx.actor)),
    renewRecoveryCodes: fresh()
      .input(noInput)
      .output(recoveryCodes)
      .mutation(({ ctx }) => factors.renewRecoveryCodes(ctx.actor)),
  });
}
