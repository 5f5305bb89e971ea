import { randomInt } from 'node:crypto';

import type {
  AccountId,
  AlertId,
  AppId,
  AuditEntryId,
  DenialId,
  GrantId,
  PasskeyId,
  ResourceId,
  SessionId,
} from '@latchkey/schemas';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 22;

type Ids = {
  acc: AccountId;
  ses: SessionId;
  aud: AuditEntryId;
  alr: AlertId;
  den: DenialId;
  res: ResourceId;
  app: AppId;
  gra: GrantId;
  pky: PasskeyId;
};

/** Characters of the alphabet, each as likely as any other. */
export function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** Letters and digits: 22 of them are 131 bits, 43 are 256. */
export function randomBase62(length: number): string {
  return randomText(BASE62, length);
}

/** A new id that names its kind, such as `acc_…`. */
export function randomId<Prefix extends keyof Ids>(prefix: Prefix): Ids[Prefix] {
  return `${prefix}_${randomBase62(ID_LENGTH)}` as Ids[Prefix];
}
