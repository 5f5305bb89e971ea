import { randomBytes } from 'node:crypto';

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. Some 12 ms. */
export const PASSWORD_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const TODAYS_START = `$argon2id$v=19$m=${PASSWORD_COST.memoryCost},t=${PASSWORD_COST.timeCost},p=${PASSWORD_COST.parallelism}$`;

/** A hash in PHC text that no known password has, of today's cost: for accounts that don't exist or have no password. */
export function unmatchableHash(): string {
  return `${TODAYS_START}${phcBase64(randomBytes(16))}$${phcBase64(randomBytes(32))}`;
}

export function needsRehash(hash: string): boolean {
  return !hash.startsWith(TODAYS_START);
}

/** PHC's B64: the standard alphabet, without padding. */
function phcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
