import { sessionId, type SessionId } from '@latchkey/schemas';
import { sealData, unsealData } from 'iron-session';
import { LRUCache } from 'lru-cache';
import * as z from 'zod/mini';

import type { Clock } from '../time/index.ts';
import { deriveKeyFrom } from './derivation.ts';
import { sha256 } from './digests.ts';

/** What a browser's session cookie holds. Script never sees any of it. */
export type SessionCookie = { sid: SessionId; accessToken: string; refreshToken: string };

export type CookieSealer = {
  /** The cookie's value; under 4 KB for tokens of ours. */
  seal(cookie: SessionCookie): Promise<string>;
  /** Null when it isn't ours, was changed, is too old, or was sealed with a secret that is gone. */
  open(sealed: string): Promise<SessionCookie | null>;
};

const sealedCookie = z.object({
  sid: sessionId,
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAtMs: z.int(),
});
type SealedCookie = z.infer<typeof sealedCookie>;

/** No browser keeps a longer one. */
const MAX_COOKIE_LENGTH = 4096;
const REMEMBERED_COOKIES = 10_000;

/** `secrets` as for `createSealer`. A cookie opens for `ttlMs` after it was sealed. */
export function createCookieSealer({
  secrets,
  ttlMs,
  clock,
}: {
  secrets: readonly string[];
  ttlMs: number;
  clock: Clock;
}): CookieSealer {
  const passwords = secrets.map(passwordFrom);
  const newest = Object.fromEntries(passwords.slice(0, 1));
  const all = Object.fromEntries(passwords);
  // Opening costs 0.3 ms and always gives the same, so it is remembered by digest. The age is judged anew each time.
  const opened = new LRUCache<string, SealedCookie>({ max: REMEMBERED_COOKIES });

  async function openOnce(sealed: string): Promise<SealedCookie | null> {
    // Age is ours to judge: iron-session asks the machine's clock, and allows a minute more than was said.
    // It gives an empty object for whatever it can't open.
    const content = sealedCookie.safeParse(await unsealData(sealed, { password: all, ttl: 0 }));
    return content.success ? content.data : null;
  }

  return {
    seal: (cookie) => sealData({ ...cookie, expiresAtMs: clock() + ttlMs }, { password: newest, ttl: 0 }),
    async open(sealed) {
      if (sealed.length > MAX_COOKIE_LENGTH || !isCanonical(sealed)) return null;
      const digest = sha256(sealed);
      const content = opened.get(digest) ?? (await openOnce(sealed));
      if (content === null) return null;
      opened.set(digest, content);
      const { expiresAtMs, ...cookie } = content;
      return clock() < expiresAtMs ? cookie : null;
    },
  };
}

/**
 * [B27] The digest at the seal's end vouches for all before it, but not for its own spelling, whose spare bits its decoder
 * overlooks, nor for the version after it.
 */
function isCanonical(sealed: string): boolean {
  const [, digest] = /^[^~]+\*([\w-]+)~2$/.exec(sealed) ?? [];
  return digest !== undefined && Buffer.from(digest, 'base64url').toString('base64url') === digest;
}

/**
 * iron-session finds a password by a number that stands in the cookie. It is drawn from the secret, since a place in the
 * operator's list would change when the list does.
 */
function passwordFrom(secret: string): [id: string, password: string] {
  const id = deriveKeyFrom(secret, 'session cookie id').readUInt32BE(0);
  return [String(id), deriveKeyFrom(secret, 'session cookie').toString('base64url')];
}
