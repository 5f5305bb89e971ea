import {
  consentDecided,
  consentInput,
  consentQuestion,
  decideConsentInput,
  decideDeviceInput,
  deviceInput,
  grantInput,
  grantList,
  noInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Consents } from './consents.ts';
import type { Devices } from './devices.ts';

/** What an app asks of the person at the browser. */
export function consentRouter(rpc: Rpc, consents: Consents) {
  return rpc.router({
    get: rpc.signedIn
      .input(consentInput)
      .output(consentQuestion)
      .query(({ ctx, input }) => consents.question(ctx.actor, input.id)),
    decide: rpc.signedIn
      .input(decideConsentInput)
      .output(consentDecided)
      .mutation(({ ctx, input }) => consents.decide(ctx.actor, input.id, input.allow)),
  });
}

/** The apps that a person has allowed something. */
export function grantsRouter(rpc: Rpc, consents: Consents) {
  return rpc.router({
    list: rpc.signedIn
      .input(noInput)
      .output(grantList)
      .query(({ ctx }) => consents.list(ctx.actor.accountId)),
    revoke: rpc.signedIn.input(grantInput).mutation(({ ctx, input }) => consents.revoke(ctx.actor, input.id)),
  });
}

/** What a device asks, by the code that it shows. */
export function deviceRouter(rpc: Rpc, devices: Devices) {
  return rpc.router({
    // A mutation: it counts the try, and binds the request to whoever looked first.
    find: rpc.signedIn
      .input(deviceInput)
      .output(consentQuestion)
      .mutation(({ ctx, input }) => devices.question(ctx.actor, input.userCode)),
    decide: rpc.signedIn
      .input(decideDeviceInput)
      .mutation(({ ctx, input }) => devices.decide(ctx.actor, input.userCode, input.allow)),
  });
}
