import { email as emailSchema, type AccountId } from '@latchkey/schemas';

import type { Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Devices } from '../devices/index.ts';
import { Problem } from '../problems/index.ts';
import { networkOf, type RateLimits, type Turn } from '../rate-limits/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

type Limit = Omit<Turn, 'key'> & { name: string };

const GROWING_MS: Turn['waitsMs'] = [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS, 15 * MINUTE_MS];

/** One network at one account, whatever the path: page, confirmation, change of password. */
const PAIR: Limit = { name: 'guess:pair', free: 10, waitsMs: GROWING_MS, quietMs: DAY_MS };
/** One network over many accounts, one password tried on everybody: 40 in a row and 10 an hour are 50 in any hour. */
const NETWORK: Limit = { name: 'guess:network', free: 40, waitsMs: [6 * MINUTE_MS], quietMs: HOUR_MS };
/** Everybody at one account, from many networks: 50 in a row and 50 an hour are 100 in any hour. */
const ACCOUNT: Limit = { name: 'guess:account', free: 50, waitsMs: [72 * SECOND_MS], quietMs: HOUR_MS };
/** One browser in which the account's owner has signed in. It alone counts there, so no stranger can keep the owner out. */
const DEVICE: Limit = { name: 'guess:device', free: 5, waitsMs: GROWING_MS, quietMs: DAY_MS };

export type GuessingNeeds = { rateLimits: RateLimits; devices: Devices; audit: Audit; storage: Storage };

/**
 * Limits against guessing. A try is counted before the secret is looked at, in a transaction of its own, so neither
 * parallel tries nor a failing one escape the count [B24]; the right secret takes its counts back.
 */
export function createGuessing({ rateLimits, devices, audit, storage }: GuessingNeeds) {
  const { turns } = rateLimits;

  async function countersOf(
    subject: string,
    account: AccountId | null,
    origin: Origin,
  ): Promise<[Turn & Limit, ...(Turn & Limit)[]]> {
    const digest = sha256(subject);
    if (await devices.isKnown(origin.device, account)) {
      return [{ ...DEVICE, key: `${DEVICE.name}:${digest}:${origin.device}` }];
    }
    const network = networkOf(origin.address ?? '');
    return [
      { ...PAIR, key: `${PAIR.name}:${digest}:${network}` },
      { ...NETWORK, key: `${NETWORK.name}:${network}` },
      { ...ACCOUNT, key: `${ACCOUNT.name}:${digest}` },
    ];
  }

  async function recordLimited(origin: Origin, subject: string, limit: string, account: AccountId | null) {
    await storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.limited', {
        ...(account ? { target: { kind: 'account', id: account } } : {}),
        details: { limit, email: addressOrNull(subject) },
      }),
    );
  }

  return {
    /**
     * Counts a try, or refuses it with `rate_limited`. `subject` is what is guessed at, as it was typed: an account that isn't
     * there (null) is limited as one that is. Returns what undoes the count, in a transaction that the right secret began.
     */
    async countTry(subject: string, account: AccountId | null, origin: Origin): Promise<(tx: Tx) => Promise<void>> {
      const counters = await countersOf(subject, account, origin);
      const wait = await turns.take(counters);
      if (wait) {
        // Once in each wait: an attacker must not be able to fill the log.
        if (await turns.note(wait.turn.key)) await recordLimited(origin, subject, wait.turn.name, account);
        throw new Problem('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(wait.retryAfterMs / SECOND_MS)) });
      }
      const [narrow, ...wider] = counters;
      return async (tx) => {
        await turns.forget(tx, narrow.key);
        for (const { key } of wider) await turns.giveBack(tx, key);
      };
    },

    /** Whether the audit is to know of a failure that no guess can turn into success, and that isn't limited: it must not fill the log. */
    isWorthNoting: async ({ address }: Origin): Promise<boolean> =>
      (await turns.take([{ ...NETWORK, key: `noted:network:${networkOf(address ?? '')}` }])) === null,
  };
}

/** For the audit. Something that is no address may be a password typed into the wrong field: it isn't kept. */
export function addressOrNull(typed: string): string | null {
  return emailSchema.safeParse(typed).success ? typed : null;
}

export type Guessing = ReturnType<typeof createGuessing>;
