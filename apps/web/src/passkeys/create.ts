import type { PasskeyAttestation, PasskeyCreation } from '@latchkey/schemas';

import { bytesOf, textOf } from './base64url.ts';
import { descriptorsOf, unlessRefused } from './ceremony.ts';

/** Null where the person wouldn't, or where the device has one already. */
export async function createPasskey(asked: PasskeyCreation): Promise<PasskeyAttestation | null> {
  const publicKey = {
    ...asked,
    challenge: bytesOf(asked.challenge),
    user: { ...asked.user, id: bytesOf(asked.user.id) },
    excludeCredentials: descriptorsOf(asked.excludeCredentials),
  };
  const made = await unlessRefused(navigator.credentials.create({ publicKey }));
  if (!made) return null;
  const { clientDataJSON, attestationObject } = made.response as AuthenticatorAttestationResponse;
  return { id: made.id, clientDataJSON: textOf(clientDataJSON), attestationObject: textOf(attestationObject) };
}
