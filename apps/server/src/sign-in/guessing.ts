import { email as emailSchema } from '@latchkey/schemas';

import type { Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { sha256 } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import { networkOf, type RateLimits } from '../rate-limits/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

type Limit = { name: string; limit: number; windowMs: number };

/** One network at one account, whatever the path: page, confirmation, change of password. */
const PAIR: Limit = { name: 'guess:pair', limit: 10, windowMs: 10 * MINUTE_MS };
/** One network over many accounts: one password tried on everybody. */
const NETWORK: Limit = { name: 'guess:network', limit: 50, windowMs: HOUR_MS };
/** Everybody at one account, from many networks. Wide, so that a stranger can hardly keep the owner out. */
const ACCOUNT: Limit = { name: 'guess:account', limit: 100, windowMs: HOUR_MS };

/**
 * Limits against guessing. A try is counted before the password is looked at, in a transaction of its own, so neither
 * parallel tries nor a failing one escape the count [B24]; a right password takes its counts back.
 */
export function createGuessing({
  rateLimits,
  audit,
  storage,
}: {
  rateLimits: RateLimits;
  audit: Audit;
  storage: Storage;
}) {
  /** `subject` is what is guessed at, as it was typed: an unknown account is limited as a known one is. */
  const countersOf = (subject: string, origin: Origin): (Limit & { key: string })[] => {
    const network = networkOf(origin.address ?? '');
    const account = sha256(subject);
    return [
      { ...PAIR, key: `${PAIR.name}:${account}:${network}` },
      { ...NETWORK, key: `${NETWORK.name}:${network}` },
      { ...ACCOUNT, key: `${ACCOUNT.name}:${account}` },
    ];
  };

  async function recordLimited(origin: Origin, subject: string, { name }: Limit): Promise<void> {
    const email = addressOrNull(subject);
    await storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.limited', {
        details: { limit: name, email },
      }),
    );
  }

  return {
    /** Counts a try, or refuses it with `rate_limited`. Returns what undoes the count, in a transaction that a right password began. */
    async countTry(subject: string, origin: Origin): Promise<(tx: Tx) => Promise<void>> {
      const counters = countersOf(subject, origin);
      const refused = await rateLimits.takeAll(counters);
      if (refused) {
        // Once per window: an attacker must not be able to fill the log.
        if (refused.count === refused.counter.limit + 1) await recordLimited(origin, subject, refused.counter);
        throw new Problem('rate_limited', {
          retryAfterSeconds: Math.max(1, Math.ceil(refused.retryAfterMs / SECOND_MS)),
        });
      }
      const [pair, ...wider] = counters;
      return async (tx) => {
        if (pair) await rateLimits.forget(tx, pair.key);
        for (const counter of wider) await rateLimits.giveBack(tx, counter);
      };
    },
  };
}

/** For the audit. Something that is no address may be a password typed into the wrong field: it isn't kept. */
export function addressOrNull(typed: string): string | null {
  return emailSchema.safeParse(typed).success ? typed : null;
}

export type Guessing = ReturnType<typeof createGuessing>;
