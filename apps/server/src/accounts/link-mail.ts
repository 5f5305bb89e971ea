import type { Origin } from '../actors/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Mail, MailMessage } from '../mail/index.ts';
import { Problem } from '../problems/index.ts';
import { networkOf, type RateLimits, type Turn } from '../rate-limits/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

/** What one network may ask for; it learns of its own limit alone. */
const NETWORK: Omit<Turn, 'key'> = { free: 20, waitsMs: [3 * MINUTE_MS], quietMs: HOUR_MS };
/** What one address gets, whoever asks: nobody's mailbox is filled. */
const ADDRESS: Omit<Turn, 'key'> = { free: 3, waitsMs: [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS], quietMs: DAY_MS };

/**
 * Mail that somebody asks for who may be a stranger. Whether there is an account, whether a mail goes out and how long all that
 * takes shows in no answer [P29].
 */
export function createLinkMail({ mail, rateLimits: { turns } }: { mail: Mail; rateLimits: RateLimits }) {
  return {
    /** Refuses a network that asks too often, with `rate_limited`. */
    async countRequest(origin: Origin): Promise<void> {
      const wait = await turns.take([{ ...NETWORK, key: `mail:network:${networkOf(origin.address ?? '')}` }]);
      if (wait === null) return;
      throw new Problem('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(wait.retryAfterMs / SECOND_MS)) });
    },

    /** After the answer: what `prepare` makes is sent, unless the address had enough of late. Null: there is nothing to say. */
    send(to: string, prepare: () => Promise<MailMessage | null>): void {
      mail.later(async () => {
        if (await turns.take([{ ...ADDRESS, key: `mail:address:${sha256(to)}` }])) return;
        const message = await prepare();
        if (message !== null) await mail.send(message);
      });
    },
  };
}

export type LinkMail = ReturnType<typeof createLinkMail>;
