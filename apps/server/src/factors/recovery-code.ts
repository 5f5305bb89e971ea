import { randomText, sha256 } from '../crypto/index.ts';

/** Crockford's: no letter that looks like a digit or another letter on paper. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 120 bits: as many as let a plain digest keep it (ASVS V6.5.2). */
const LENGTH = 24;
const CODES_AT_ONCE = 10;

/** `k3m9-x2pq-7v4d-n8rt-c5hw-e6jz` */
function newCode(): string {
  return (randomText(ALPHABET, LENGTH).match(/.{4}/g) ?? []).join('-');
}

export function newCodes(): string[] {
  return Array.from({ length: CODES_AT_ONCE }, newCode);
}

/** However it was typed: with or without dashes and spaces, in capitals, with o for 0 and l for 1. */
export function digestOfCode(typed: string): string {
  const plain = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return sha256(plain);
}
