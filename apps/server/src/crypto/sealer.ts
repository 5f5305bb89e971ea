import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { deriveKeyFrom } from './derivation.ts';

const CIPHER = 'aes-256-gcm';
const VERSION = 's1.';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** Keeps secrets at rest. A purpose is a constant of the code, such as `signing key`; what was sealed for one opens for no other. */
export type Sealer = {
  seal(purpose: string, plain: Uint8Array): string;
  /** Null when no master secret opens it: it was changed, or the secret that sealed it is gone. */
  open(purpose: string, sealed: string): Buffer | null;
  /** The same content under the newest master secret; null when it is sealed by that one, or can't be opened. */
  reseal(purpose: string, sealed: string): string | null;
  /** Whether there is a master secret beside the newest, by which something may be sealed still. */
  readonly hasOlder: boolean;
  /** 32 bytes from the newest master secret. Changes when that does. */
  deriveKey(purpose: string): Buffer;
};

/** `secrets`: the master secrets, newest first. The first one seals; any of them opens, until the operator drops it. */
export function createSealer(secrets: readonly string[]): Sealer {
  const [newest] = secrets;
  if (newest === undefined) throw new TypeError('A sealer needs a master secret.');
  const seal = (purpose: string, plain: Uint8Array) =>
    VERSION + encrypt(deriveKeyFrom(newest, purpose), plain).toString('base64url');
  const open = (purpose: string, sealed: string) => openWith(secrets, purpose, sealed);
  return {
    seal,
    open,
    reseal(purpose, sealed) {
      if (openWith([newest], purpose, sealed) !== null) return null;
      const plain = open(purpose, sealed);
      return plain && seal(purpose, plain);
    },
    hasOlder: secrets.length > 1,
    deriveKey: (purpose) => deriveKeyFrom(newest, purpose),
  };
}

function openWith(secrets: readonly string[], purpose: string, sealed: string): Buffer | null {
  if (!sealed.startsWith(VERSION)) return null;
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
  for (const secret of secrets) {
    const plain = decrypt(deriveKeyFrom(secret, purpose), bytes);
    if (plain !== null) return plain;
  }
  return null;
}

function encrypt(key: Buffer, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv(CIPHER, key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, bytes: Buffer): Buffer | null {
  if (bytes.length < NONCE_LENGTH + TAG_LENGTH) return null;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_LENGTH), { authTagLength: TAG_LENGTH });
  decipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
  const plain = decipher.update(bytes.subarray(NONCE_LENGTH, -TAG_LENGTH));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The tag doesn't match: the one way in which `final` fails for a stream cipher, and Node gives it no code.
    return null;
  }
}
