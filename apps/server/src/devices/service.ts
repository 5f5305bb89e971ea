import type { AccountId } from '@latchkey/schemas';

import type { Origin } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { networkOf } from '../rate-limits/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import { DAY_MS, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';

/** A program that signs in without keeping cookies is another device each time. */
const KEPT_DEVICES = 50;
const TRUST_LIFETIME_MS = 30 * DAY_MS;
const USER_AGENT_LENGTH_AT_MOST = 400;

export type Remembered = {
  /** The cookie's text where the browser has none that is known; null where it keeps the one it has. */
  newToken: string | null;
  /** Whether somebody has signed in to the account before, but not like this. */
  isNew: boolean;
  /** Whether somebody has signed in to the account in this very browser before. */
  isKnown: boolean;
  tokenDigest: string;
};

/** Browsers in which somebody has signed in. Being known lets nobody in: it has limits of its own, which no stranger can use up. */
export function createDevices({ storage, clock }: { storage: Storage; clock: Clock }) {
  return {
    async isKnown(tokenDigest: string | null, accountId: AccountId | null): Promise<boolean> {
      if (tokenDigest === null || accountId === null) return false;
      return rows.hasDevice(storage.read, accountId, tokenDigest);
    },

    /** Makes the browser known for the account, in the transaction in which its session begins. */
    async remember(tx: Tx, accountId: AccountId, origin: Origin): Promise<Remembered> {
      const isTokenOurs = origin.device !== null && (await rows.isTokenKnown(tx, origin.device));
      const newToken = isTokenOurs ? null : randomBase62(43);
      const device = {
        accountId,
        tokenDigest: newToken === null ? (origin.device ?? '') : sha256(newToken),
        createdAtMs: clock(),
        lastSignInAtMs: clock(),
        userAgent: origin.userAgent.slice(0, USER_AGENT_LENGTH_AT_MOST),
        network: networkOf(origin.address ?? ''),
        trustedUntilMs: null,
      };
      const isKnown = newToken === null && (await rows.hasDevice(tx, accountId, device.tokenDigest));
      const isNew = (await rows.hasAnyDevice(tx, accountId)) && !(await rows.hasLikeness(tx, device));
      await rows.putDevice(tx, device);
      await rows.removeOldest(tx, accountId, KEPT_DEVICES);
      return { newToken, isNew, isKnown, tokenDigest: device.tokenDigest };
    },

    /** Nobody's browser is known any more. */
    forgetAll: (tx: Tx, accountId: AccountId): Promise<void> => rows.removeOldest(tx, accountId, 0),

    /** Whether the person has said that this browser is theirs, and proved a second factor in it. */
    async isTrusted(reader: Reader, accountId: AccountId, { device }: Origin): Promise<boolean> {
      return device !== null && rows.isTrusted(reader, accountId, device, clock());
    },

    countTrusted: (reader: Reader, accountId: AccountId) => rows.countTrusted(reader, accountId, clock()),

    trust: (tx: Tx, accountId: AccountId, tokenDigest: string) =>
      rows.setTrust(tx, accountId, tokenDigest, clock() + TRUST_LIFETIME_MS),

    /** In every browser of the account. */
    distrust: (tx: Tx, accountId: AccountId) => rows.setTrust(tx, accountId, null, null),
  };
}

export type Devices = ReturnType<typeof createDevices>;
