import * as z from 'zod/mini';

import { me } from './accounts.ts';
import { passkeyId } from './ids.ts';
import { flag, line, offeredPassword, timeMs } from './text.ts';

export const factorKind = z.enum(['passkey', 'totp', 'recovery_code']);
export type FactorKind = z.infer<typeof factorKind>;

/** The password was right, and one of these is needed besides. Nothing is signed in yet. */
export const secondFactorNeeded = z.object({
  next: z.literal('second_factor'),
  factors: z.array(factorKind),
  /** Until when the sign-in can be finished. */
  expiresAtMs: timeMs,
});
export type SecondFactorNeeded = z.infer<typeof secondFactorNeeded>;

/** The first step was right, and a role wants a second factor that the person has yet to set up. Nothing is signed in yet. */
export const factorEnrolmentNeeded = z.object({ next: z.literal('factor_enrolment'), expiresAtMs: timeMs });

export type FactorEnrolmentNeeded = z.infer<typeof factorEnrolmentNeeded>;

/** What is left of a sign-in. */
export type NextStep = SecondFactorNeeded | FactorEnrolmentNeeded;

export const signInAnswer = z.union([me, secondFactorNeeded, factorEnrolmentNeeded]);
export type SignInAnswer = z.infer<typeof signInAnswer>;

/** A code as it is offered: what isn't one is refused as a wrong one is. */
const offeredCode = z.string().check(z.trim(), z.minLength(1, 'Enter the code.'), z.maxLength(100));

export const secondFactorInput = z.strictObject({
  code: offeredCode,
  /** Whether this browser is to be trusted for a while, and asked for its password alone. */
  trustDevice: z._default(flag, false),
});

const base64url = (maxLength: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxLength), z.regex(/^[\w-]+$/, 'Use base64url.'));

/** What an authenticator signed: the members of WebAuthn's AuthenticationResponseJSON that are looked at. */
export const passkeyAssertion = z.strictObject({
  id: base64url(1400),
  clientDataJSON: base64url(4000),
  authenticatorData: base64url(4000),
  signature: base64url(4000),
  userHandle: z.optional(z.nullable(base64url(100))),
});
export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;

/** Of RegistrationResponseJSON. */
export const passkeyAttestation = z.strictObject({
  id: base64url(1400),
  clientDataJSON: base64url(4000),
  attestationObject: base64url(16_000),
});
export type PasskeyAttestation = z.infer<typeof passkeyAttestation>;

const publicKeyCredential = z.object({ id: z.string(), type: z.literal('public-key') });
const verification = z.enum(['required', 'preferred']);

/** What the browser's `navigator.credentials.get` is asked: PublicKeyCredentialRequestOptionsJSON. */
export const passkeyRequest = z.object({
  challenge: z.string(),
  rpId: z.string(),
  allowCredentials: z.array(publicKeyCredential),
  userVerification: verification,
  timeout: z.int(),
});
export type PasskeyRequest = z.infer<typeof passkeyRequest>;

/** What `navigator.credentials.create` is asked: PublicKeyCredentialCreationOptionsJSON. */
export const passkeyCreation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  excludeCredentials: z.array(publicKeyCredential),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: verification,
  }),
  attestation: z.literal('none'),
  timeout: z.int(),
});
export type PasskeyCreation = z.infer<typeof passkeyCreation>;

export const passkeyAloneInput = z.strictObject({ passkey: passkeyAssertion });
export const secondPasskeyInput = z.strictObject({ passkey: passkeyAssertion, trustDevice: z._default(flag, false) });

export const addPasskeyInput = z.strictObject({ name: line(60), passkey: passkeyAttestation });
export const renamePasskeyInput = z.strictObject({ id: passkeyId, name: line(60) });
export const passkeyInput = z.strictObject({ id: passkeyId });
export const passkey = z.object({
  id: passkeyId,
  name: z.string(),
  createdAtMs: timeMs,
  lastUsedAtMs: z.nullable(timeMs),
});
export type Passkey = z.infer<typeof passkey>;

/** A fresh proof of who one is: any one of these. */
export const confirmInput = z.union([
  z.strictObject({ password: offeredPassword }),
  z.strictObject({ code: offeredCode }),
  z.strictObject({ passkey: passkeyAssertion }),
]);
export type Confirmation = z.infer<typeof confirmInput>;

/** Whether the person was told by mail. */
export const factorsReset = z.object({ mailed: z.boolean() });

/** How a person's account is protected. */
export const security = z.object({
  passwordChangedAtMs: z.nullable(timeMs),
  passkeys: z.array(passkey),
  /** Browsers that are asked for the password alone. */
  trustedDevices: z.int(),
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
