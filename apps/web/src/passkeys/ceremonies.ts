import type { PasskeyAssertion, PasskeyAttestation, PasskeyCreation, PasskeyRequest } from '@latchkey/schemas';
import { startAuthentication, startRegistration } from '@simplewebauthn/browser';

/** Told by its name, as the package hands it on: the person said no, took too long, or another ceremony began. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && ['NotAllowedError', 'AbortError', 'WebAuthnError'].includes(error.name);
}

async function unlessRefused<Result>(ceremony: Promise<Result>): Promise<Result | null> {
  try {
    return await ceremony;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Asks for a passkey and what it signs; null where the person wouldn't. `autofill`: among what the email field offers. */
export async function signWithPasskey(asked: PasskeyRequest, autofill = false): Promise<PasskeyAssertion | null> {
  const ceremony = startAuthentication({ optionsJSON: asked, useBrowserAutofill: autofill });
  const signed = await unlessRefused(ceremony);
  if (!signed) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = signed.response;
  return { id: signed.id, clientDataJSON, authenticatorData, signature, userHandle };
}

/** Null where the person wouldn't, or where the device has one already. */
export async function createPasskey(asked: PasskeyCreation): Promise<PasskeyAttestation | null> {
  const made = await unlessRefused(startRegistration({ optionsJSON: asked }));
  if (!made) return null;
  const { clientDataJSON, attestationObject } = made.response;
  return { id: made.id, clientDataJSON, attestationObject };
}
