import * as z from 'zod/mini';

import { randomBase62, type Sealer } from '../crypto/index.ts';
import type { Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import * as rows from './rows.ts';

/** What the server lets the browser keep for it: sealed, for a while, and for one use. */
export type OneUseTokens<Content> = {
  seal(content: Content): { token: string; expiresAtMs: number };
  /** Null when it isn't ours, was changed, or is too old. Whether it was used is asked by `spend`. */
  open(token: string | null): Opened<Content> | null;
};

export type Opened<Content> = {
  content: Content;
  /** True the first time, in the transaction of what it is used for: if that fails, it can be used again. */
  spend(tx: Tx): Promise<boolean>;
};

type Kind<Content> = { purpose: string; lifetimeMs: number; content: z.ZodMiniType<Content> };

export function createOneUseTokens<Content>(
  { sealer, clock }: { sealer: Sealer; clock: Clock },
  { purpose, lifetimeMs, content }: Kind<Content>,
): OneUseTokens<Content> {
  const envelope = z.object({ content, nonce: z.string(), expiresAtMs: z.int() });
  return {
    seal(given) {
      const expiresAtMs = clock() + lifetimeMs;
      const text = JSON.stringify({ content: given, nonce: randomBase62(22), expiresAtMs });
      return { token: sealer.seal(purpose, Buffer.from(text)), expiresAtMs };
    },
    open(token) {
      const plain = token === null ? null : sealer.open(purpose, token);
      if (plain === null) return null;
      const opened = envelope.parse(JSON.parse(plain.toString()));
      if (opened.expiresAtMs <= clock()) return null;
      return {
        content: opened.content,
        spend: (tx) => rows.spendToken(tx, opened.nonce, opened.expiresAtMs, clock()),
      };
    },
  };
}
