import { email as emailSchema } from '@latchkey/schemas';

import type { Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { sha256 } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import { networkOf, type RateLimits } from '../rate-limits/index.ts';
import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

/** A counter of wrong guesses. `window` starts with the first of them. */
type Limit = { name: string; tries: number; windowMs: number };

/** One network at one account, whatever the path: page, confirmation, change of password. */
const PAIR: Limit = { name: 'guess:pair', tries: 10, windowMs: 10 * MINUTE_MS };
/** One network over many accounts: one password tried on everybody. */
const NETWORK: Limit = { name: 'guess:network', tries: 50, windowMs: HOUR_MS };
/** Everybody at one account, from many networks. Wide, so that a stranger can hardly keep the owner out. */
const ACCOUNT: Limit = { name: 'guess:account', tries: 100, windowMs: HOUR_MS };

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
  const countersOf = (subject: string, origin: Origin): { limit: Limit; key: string }[] => {
    const network = networkOf(origin.address ?? '');
    const account = sha256(subject);
    return [
      { limit: PAIR, key: `${PAIR.name}:${account}:${network}` },
      { limit: NETWORK, key: `${NETWORK.name}:${network}` },
      { limit: ACCOUNT, key: `${ACCOUNT.name}:${account}` },
    ];
  };

  async function recordLimited(origin: Origin, subject: string, limit: Limit): Promise<void> {
    const email = addressOrNull(subject);
    await storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.limited', {
        details: { limit: limit.name, email },
      }),
    );
  }

  return {
    /** Counts a try, or refuses it with `rate_limited`. Returns what undoes the count after a right password. */
    async countTry(subject: string, origin: Origin): Promise<() => Promise<void>> {
      const counters = countersOf(subject, origin);
      for (const { limit, key } of counters) {
        const taken = await rateLimits.take(key, limit.tries, limit.windowMs);
        if (taken.allowed) continue;
        // Once per window: an attacker must not be able to fill the log.
        if (taken.count === limit.tries + 1) await recordLimited(origin, subject, limit);
        throw new Problem('rate_limited', {
          retryAfterSeconds: Math.max(1, Math.ceil(taken.retryAfterMs / SECOND_MS)),
        });
      }
      const [pair, ...wider] = counters;
      return async () => {
        if (pair) await rateLimits.reset(pair.key);
        for (const { limit, key } of wider) await rateLimits.take(key, limit.tries, limit.windowMs, -1);
      };
    },
  };
}

/** For the audit. Something that is no address may be a password typed into the wrong field: it isn't kept. */
export function addressOrNull(typed: string): string | null {
  return emailSchema.safeParse(typed).success ? typed : null;
}

export type Guessing = ReturnType<typeof createGuessing>;
