import {
  acceptInvitationInput,
  addPasskeyInput,
  addressInput,
  changePasswordInput,
  completeSignUpInput,
  confirmInput,
  confirmTotpInput,
  endedSessions,
  linkInput,
  linkPreview,
  noInput,
  resetPasswordInput,
  serverInfo,
  setupInput,
  passkeyAloneInput,
  passkeyCreation,
  passkeyRequest,
  recoveryCodes,
  secondFactorInput,
  secondPasskeyInput,
  signInAnswer,
  signInInput,
  totpEnrolment,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { SettingsService } from '../settings/index.ts';
import type { Reset } from './reset.ts';
import type { SignIn } from './service.ts';
import type { SignUp } from './sign-up.ts';

export function signInRouter(rpc: Rpc, signIn: SignIn) {
  return rpc.router({
    password: rpc.open
      .meta({ rest: { method: 'POST', path: '/session', status: 200 } })
      .input(signInInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.withPassword(ctx, input)),
    secondFactor: rpc.open
      .meta({ rest: { method: 'POST', path: '/session/second-factor', status: 200 } })
      .input(secondFactorInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.secondFactor.withCode(ctx, input)),
    askPasskey: rpc.open
      .input(noInput)
      .output(passkeyRequest)
      .mutation(({ ctx }) => signIn.askPasskey(ctx)),
    passkey: rpc.open
      .input(passkeyAloneInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.withPasskeyAlone(ctx, input.passkey)),
    askSecondPasskey: rpc.open
      .input(noInput)
      .output(passkeyRequest)
      .mutation(({ ctx }) => signIn.secondFactor.askPasskey(ctx)),
    secondPasskey: rpc.open
      .input(secondPasskeyInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.secondFactor.withPasskey(ctx, input)),
    startTotp: rpc.open
      .input(noInput)
      .output(totpEnrolment)
      .mutation(({ ctx }) => signIn.enrolment.startTotp(ctx)),
    confirmTotp: rpc.open
      .input(confirmTotpInput)
      .output(recoveryCodes)
      .mutation(({ ctx, input }) => signIn.enrolment.confirmTotp(ctx, input)),
    startPasskey: rpc.open
      .input(noInput)
      .output(passkeyCreation)
      .mutation(({ ctx }) => signIn.enrolment.startPasskey(ctx)),
    addPasskey: rpc.open
      .input(addPasskeyInput)
      .output(recoveryCodes)
      .mutation(({ ctx, input }) => signIn.enrolment.addPasskey(ctx, input)),
  });
}

/** Signing up answers the same whether the address has an account already or not. */
export function signUpRouter(rpc: Rpc, signUp: SignUp) {
  return rpc.router({
    request: rpc.open
      .meta({ rest: { method: 'POST', path: '/sign-up', status: 204 } })
      .input(addressInput)
      .mutation(({ ctx, input }) => signUp.request(ctx.origin, input.email)),
    check: rpc.open
      .input(linkInput)
      .output(linkPreview)
      .mutation(({ input }) => signUp.check(input.token)),
    complete: rpc.open
      .input(completeSignUpInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signUp.complete(ctx, input)),
  });
}

export function passwordResetRouter(rpc: Rpc, reset: Reset) {
  return rpc.router({
    request: rpc.open
      .meta({ rest: { method: 'POST', path: '/password-reset', status: 204 } })
      .input(addressInput)
      .mutation(({ ctx, input }) => reset.request(ctx.origin, input.email)),
    check: rpc.open
      .input(linkInput)
      .output(linkPreview)
      .mutation(({ input }) => reset.check(input.token)),
    complete: rpc.open
      .input(resetPasswordInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => reset.complete(ctx, input)),
  });
}

export function setupRouter(rpc: Rpc, signIn: SignIn) {
  return rpc.router({
    // A mutation, so that the token is in a body and not in an address that logs keep.
    check: rpc.open
      .input(linkInput)
      .output(linkPreview)
      .mutation(({ input }) => signIn.checkSetup(input.token)),
    complete: rpc.open
      .input(setupInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.completeSetup(ctx, input)),
  });
}

export function invitationsRouter(rpc: Rpc, signIn: SignIn) {
  return rpc.router({
    check: rpc.open
      .meta({ rest: { method: 'POST', path: '/invitations/check', status: 200 } })
      .input(linkInput)
      .output(linkPreview)
      .mutation(({ input }) => signIn.checkInvitation(input.token)),
    accept: rpc.open
      .meta({ rest: { method: 'POST', path: '/invitations/accept', status: 200 } })
      .input(acceptInvitationInput)
      .output(signInAnswer)
      .mutation(({ ctx, input }) => signIn.acceptInvitation(ctx, input)),
  });
}

export function confirmSession(rpc: Rpc, signIn: SignIn) {
  return rpc.withoutFactor.signedIn
    .meta({ rest: { method: 'POST', path: '/session/confirm', status: 204 } })
    .input(confirmInput)
    .mutation(({ ctx, input }) => signIn.confirm(ctx, ctx.actor, input));
}

export function changePassword(rpc: Rpc, signIn: SignIn) {
  return rpc.signedIn
    .meta({ rest: { method: 'POST', path: '/me/password', status: 200 } })
    .input(changePasswordInput)
    .output(endedSessions)
    .mutation(({ ctx, input }) => signIn.changePassword(ctx.actor, input));
}

export function serverRouter(
  rpc: Rpc,
  signIn: SignIn,
  settings: SettingsService,
  configured: { sendsMail: boolean; url: string },
) {
  return rpc.router({
    info: rpc.open
      .meta({ rest: { method: 'GET', path: '/server', status: 200 } })
      .input(noInput)
      .output(serverInfo)
      .query(async () => ({
        needsSetup: await signIn.needsSetup(),
        signUpOpen: (await settings.get()).signUpOpen,
        ...configured,
      })),
  });
}
