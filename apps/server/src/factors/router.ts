import {
  accountInput,
  addPasskeyInput,
  confirmTotpInput,
  factorsReset,
  noInput,
  passkeyCreation,
  passkeyInput,
  passkeyRequest,
  recoveryCodes,
  renamePasskeyInput,
  security,
  totpEnrolment,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Passkeys } from './passkeys.ts';
import type { Factors } from './service.ts';

/** A person's own factors. Each change wants a fresh proof: a browser left open must not change who can come in. */
export function factorsRouter(rpc: Rpc, factors: Factors) {
  const fresh = () => rpc.freshlySignedIn('15m');
  const enrolling = () => rpc.withoutFactor.freshlySignedIn('15m');
  return rpc.router({
    security: rpc.withoutFactor.signedIn
      .meta({ rest: { method: 'GET', path: '/me/security', status: 200 } })
      .input(noInput)
      .output(security)
      .query(({ ctx }) => factors.security(ctx.actor)),
    // A mutation, since no two answers are alike.
    startTotp: enrolling()
      .input(noInput)
      .output(totpEnrolment)
      .mutation(({ ctx }) => factors.startTotp(ctx.actor)),
    confirmTotp: enrolling()
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
    distrustDevices: rpc.signedIn.input(noInput).mutation(({ ctx }) => factors.distrustDevices(ctx.actor)),
  });
}

export function passkeysRouter(rpc: Rpc, factors: Factors, passkeys: Passkeys) {
  const fresh = () => rpc.freshlySignedIn('15m');
  const enrolling = () => rpc.withoutFactor.freshlySignedIn('15m');
  return rpc.router({
    start: enrolling()
      .input(noInput)
      .output(passkeyCreation)
      .mutation(({ ctx }) => passkeys.startAdding(ctx.actor, ctx.passkeyCookie)),
    add: enrolling()
      .input(addPasskeyInput)
      .output(recoveryCodes)
      .mutation(({ ctx, input }) => factors.addPasskey(ctx.actor, ctx.passkeyCookie, input)),
    rename: rpc.signedIn.input(renamePasskeyInput).mutation(({ ctx, input }) => passkeys.rename(ctx.actor, input)),
    remove: fresh()
      .input(passkeyInput)
      .mutation(({ ctx, input }) => factors.removePasskey(ctx.actor, input.id)),
    /** For `session.confirm`. */
    ask: rpc.withoutFactor.signedIn
      .input(noInput)
      .output(passkeyRequest)
      .mutation(({ ctx }) => passkeys.askToConfirm(ctx.passkeyCookie, ctx.actor)),
  });
}

/** Other people's, for admins. */
export function userFactorsRouter(rpc: Rpc, factors: Factors) {
  return rpc.router({
    reset: rpc
      .permitted('users:write', { credentials: ['session'], fresh: '15m' })
      .input(accountInput)
      .output(factorsReset)
      .mutation(({ ctx, input }) => factors.reset(ctx.actor, input.id)),
  });
}
