import type { PasskeyAssertion, PasskeyAttestation } from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';

/** What is believed: this challenge, for this site. */
type Expected = { challenge: string; origin: string };
type Key = { credentialId: string; publicKey: string; counter: number };

/** ES256, EdDSA, RS256 (RFC 9053, RFC 8812): what authenticators make. */
export const ALGORITHMS = [-7, -8, -257];

const EXTENSIONS = { clientExtensionResults: {}, type: 'public-key' as const };

/** Loaded when a passkey is first used: its readers of certificates are half a second's work. */
function library() {
  return import('@simplewebauthn/server');
}

/** Its refusals are plain errors without a code, so that whatever it throws is one; the cause is in the log. */
async function orFail<Result>(verification: Promise<Result>): Promise<Result> {
  try {
    return await verification;
  } catch (cause) {
    throw new Problem('passkey_failed', { cause });
  }
}

function expectations({ challenge, origin }: Expected) {
  return { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: new URL(origin).hostname };
}

/** The key of a new passkey, which has shown that it is there and who uses it. */
export async function verifyAttestation({ id, ...response }: PasskeyAttestation, expected: Expected): Promise<Key> {
  const { verifyRegistrationResponse } = await library();
  const { registrationInfo } = await orFail(
    verifyRegistrationResponse({
      response: { id, rawId: id, response, ...EXTENSIONS },
      ...expectations(expected),
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!registrationInfo) throw new Problem('passkey_failed');
  const { credential } = registrationInfo;
  const publicKey = Buffer.from(credential.publicKey).toString('base64url');
  return { credentialId: credential.id, publicKey, counter: credential.counter };
}

/** The passkey's new count. `alone`: it must have made sure who uses it, by a PIN or a finger, since nothing else is asked. */
export async function verifyAssertion(
  { id, userHandle, ...response }: PasskeyAssertion,
  expected: Expected,
  { credentialId, publicKey, counter }: Key,
  alone: boolean,
): Promise<number> {
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await orFail(
    verifyAuthenticationResponse({
      response: { id, rawId: id, response: { ...response, ...(userHandle && { userHandle }) }, ...EXTENSIONS },
      ...expectations(expected),
      credential: { id: credentialId, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
      requireUserVerification: alone,
    }),
  );
  if (!verified) throw new Problem('passkey_failed');
  return authenticationInfo.newCounter;
}
