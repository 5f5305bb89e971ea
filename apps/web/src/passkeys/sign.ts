import type { PasskeyAssertion, PasskeyRequest } from '@latchkey/schemas';

import { bytesOf, textOf } from './base64url.ts';
import { descriptorsOf, unlessRefused } from './ceremony.ts';

/** Asks for a passkey and what it signs; null where the person wouldn't. With `autofill`, among what the email field offers, until it is aborted. */
export async function signWithPasskey(asked: PasskeyRequest, autofill?: AbortSignal): Promise<PasskeyAssertion | null> {
  const publicKey = {
    ...asked,
    challenge: bytesOf(asked.challenge),
    allowCredentials: descriptorsOf(asked.allowCredentials),
  };
  const signed = await unlessRefused(
    navigator.credentials.get({ publicKey, ...(autofill && { signal: autofill, mediation: 'conditional' }) }),
  );
  if (!signed) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    signed.response as AuthenticatorAssertionResponse;
  return {
    id: signed.id,
    clientDataJSON: textOf(clientDataJSON),
    authenticatorData: textOf(authenticatorData),
    signature: textOf(signature),
    userHandle: userHandle && textOf(userHandle),
  };
}
