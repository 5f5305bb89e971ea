import { hkdfSync } from 'node:crypto';

const KEY_LENGTH = 32;

/** One key for each purpose (RFC 5869), so that what was made for one can't be used for another. */
export function deriveKeyFrom(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `latchkey 1 ${purpose}`, KEY_LENGTH));
}
