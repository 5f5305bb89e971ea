import { bytesOf } from './base64url.ts';

/** Null where it came to nothing: the person said no or took too long, or another ceremony began. */
export async function unlessRefused(ceremony: Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ceremony) as PublicKeyCredential | null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

type Descriptor = { id: string; type: 'public-key' };

export function descriptorsOf(passkeys: readonly Descriptor[]): PublicKeyCredentialDescriptor[] {
  return passkeys.map((each) => ({ ...each, id: bytesOf(each.id) }));
}
