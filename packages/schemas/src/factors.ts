import * as z from 'zod/mini';

import { me } from './accounts.ts';
import { timeMs } from './text.ts';

export const factorKind = z.enum(['totp', 'recovery_code']);
export type FactorKind = z.infer<typeof factorKind>;

/** The password was right, and one of these is needed besides. Nothing is signed in yet. */
export const secondFactorNeeded = z.object({
  next: z.literal('second_factor'),
  factors: z.array(factorKind),
  /** Until when the sign-in can be finished. */
  expiresAtMs: timeMs,
});
export type SecondFactorNeeded = z.infer<typeof secondFactorNeeded>;

export const signInAnswer = z.union([me, secondFactorNeeded]);
export type SignInAnswer = z.infer<typeof signInAnswer>;

/** A code as it is offered: what isn't one is refused as a wrong one is. */
const offeredCode = z.string().check(z.trim(), z.minLength(1, 'Enter the code.'), z.maxLength(100));

export const secondFactorInput = z.strictObject({ code: offeredCode });

/** How a person's account is protected. */
export const security = z.object({
  totp: z.nullable(z.object({ addedAtMs: timeMs })),
  recoveryCodes: z.object({ left: z.int(), madeAtMs: z.nullable(timeMs) }),
});
export type Security = z.infer<typeof security>;

/** A secret that counts once a code of it has been confirmed. */
export const totpEnrolment = z.object({
  /** Base32, for typing. */
  secret: z.string(),
  /** `otpauth:`, for the picture. */
  uri: z.string(),
  /** Goes back with the code. */
  enrolment: z.string(),
});
export type TotpEnrolment = z.infer<typeof totpEnrolment>;
export const confirmTotpInput = z.strictObject({
  enrolment: z.string().check(z.maxLength(1000), z.regex(/^[A-Za-z0-9._-]+$/)),
  code: offeredCode,
});

/** The only answers that ever hold recovery codes. Empty where the person has some already and asked for no new ones. */
export const recoveryCodes = z.object({ codes: z.array(z.string()) });
