import { apiKeyStatus } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { DAY_MS } from '../../words/time-words.ts';

const text = z.catch(z.optional(z.string()), undefined);

/** The filters of a list of keys, as they stand in the address bar. What can't be read is left out. */
export const keysSearch = z.object({
  q: text,
  status: z.catch(z.optional(apiKeyStatus), undefined),
  accountId: text,
  /** Nobody used them for so many days. */
  unused: z.catch(z.optional(z.enum(['90'])), undefined),
  /** They expire within so many days. */
  expires: z.catch(z.optional(z.enum(['14'])), undefined),
  /** Opens the dialog at once. */
  create: text,
});
export type KeysSearch = z.infer<typeof keysSearch>;

const PAGE_SIZE = 50;

/** So that the same question is asked through the day, and its answer is found again in the cache. */
const HOUR_MS = 3_600_000;

/** What the filters ask of the server, for one owner or for everybody. Without a status, those that sleep or expire soon are the active ones. */
export function keysInput(
  { q, status, unused, expires }: KeysSearch,
  accountId: string | undefined,
  nowMs = Date.now(),
) {
  const found = status ?? (unused || expires ? 'active' : undefined);
  const untilMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS + Number(expires) * DAY_MS;
  return {
    limit: PAGE_SIZE,
    ...(q && { q }),
    ...(found && { status: found }),
    ...(accountId && { accountId }),
    ...(unused && { unusedForDays: Number(unused) }),
    ...(expires && { expiresBeforeMs: untilMs }),
  };
}

/** What clears all filters. */
export const NO_FILTERS: Partial<KeysSearch> = {
  q: undefined,
  status: undefined,
  accountId: undefined,
  unused: undefined,
  expires: undefined,
};
