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
  /** 32 bytes from the newest master secret. Changes when that does. */
  deriveKey(purpose: string): Buffer;
};

/** `secrets`: the master secrets, newest first. The first one seals; any of them opens, until the operator drops it. */
export function createSealer(secrets: readonly string[]): Sealer {
  const [newest] = secrets;
  if (newest === undefined) throw new TypeError('A sealer needs a master secret.');
  return {
    seal: (purpose, plain) => VERSION + encrypt(deriveKeyFrom(newest, purpose), plain).toString('base64url'),
    open(purpose, sealed) {
      if (!sealed.startsWith(VERSION)) return null;
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      return firstOf(secrets, (secret) => decrypt(deriveKeyFrom(secret, purpose), bytes));
    },
    deriveKey: (purpose) => deriveKeyFrom(newest, purpose),
  };
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

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
