import { createHash } from 'node:crypto';

import { formatApiKey } from '@latchkey/credentials';
import type { AccountId, ApiKeyId, AuditEntryId } from '@latchkey/schemas';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const ADMIN = { email: 'admin@bench.test', password: 'a long admin password' };
export const PASSWORD = 'a long password of everyone';
export const PEOPLE = 32;
/** So many keys belong to one service account. */
const KEYS_PER_ACCOUNT = 100;

/** Text as random as a key's, but the same each time: nobody has to keep a million secrets. */
function base62Of(seed: string, length: number): string {
  const bytes = createHash('shake256', { outputLength: length }).update(seed).digest();
  return Array.from(bytes, (byte) => BASE62.charAt(byte % BASE62.length)).join('');
}

export function personEmail(number: number): string {
  return `person-${number}@bench.test`;
}

export function personId(number: number): AccountId {
  return `acc_${base62Of(`person ${number}`, 22)}` as AccountId;
}

export function serviceAccounts(keys: number): number {
  return Math.ceil(keys / KEYS_PER_ACCOUNT);
}

export function serviceAccountId(number: number): AccountId {
  return `acc_${base62Of(`service account ${number}`, 22)}` as AccountId;
}

export function auditEntryId(number: number): AuditEntryId {
  return `aud_${base62Of(`audit entry ${number}`, 22)}` as AuditEntryId;
}

export type SampleKey = { id: ApiKeyId; secret: string; accountId: AccountId };

export function sampleKey(number: number): SampleKey {
  const text = base62Of(`key ${number}`, 22 + 43);
  const accountId = serviceAccountId(Math.floor(number / KEYS_PER_ACCOUNT));
  return { id: text.slice(0, 22) as ApiKeyId, secret: text.slice(22), accountId };
}

export function keyText({ id, secret }: SampleKey): string {
  return formatApiKey(id, secret);
}
