import * as z from 'zod/mini';

import { email, newPassword, offeredPassword, personName, timeMs } from './text.ts';

// What the signed-out pages load: a schema that they don't need stands elsewhere.

const oneTimeToken = z.string().check(z.regex(/^[0-9A-Za-z]{43}$/, 'Use the link as it was given.'));

/** What anyone may know about this server. */
export const serverInfo = z.object({
  needsSetup: z.boolean(),
  signUpOpen: z.boolean(),
  /** False: what would be mailed stays on the server, as files. */
  sendsMail: z.boolean(),
  url: z.string(),
});

export const signInInput = z.strictObject({
  email: z.string().check(z.maxLength(1000)),
  password: offeredPassword,
});

/** An address to which a link is mailed, if it is of use there. Whether it was, nobody is told. */
export const addressInput = z.strictObject({ email });
/** Signing up goes on by the link in the mail. */
export const completeSignUpInput = z.strictObject({ token: oneTimeToken, name: personName, password: newPassword });
export const resetPasswordInput = z.strictObject({ token: oneTimeToken, password: newPassword });
export const ownAddress = z.object({ email: z.string(), verified: z.boolean() });
/** The address that a link was about. */
export const linkedAddress = z.object({ email: z.string() });
export const setupInput = z.strictObject({ token: oneTimeToken, email, name: personName, password: newPassword });

export const linkInput = z.strictObject({ token: oneTimeToken });
/** What a link's page shows before it is used. */
export const linkPreview = z.object({
  valid: z.boolean(),
  email: z.nullable(z.string()),
  expiresAtMs: z.nullable(timeMs),
});
export const acceptInvitationInput = z.strictObject({ token: oneTimeToken, name: personName, password: newPassword });
