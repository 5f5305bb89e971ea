import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 as base64url: how secrets are kept and found. Only for secrets that were drawn at random, never for passwords. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Takes as long for a near miss as for any other, so that a digest can't be guessed bit by bit. */
export function equalDigests(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
