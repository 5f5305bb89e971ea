import { apiKeyStatus } from '@latchkey/schemas';
import * as z from 'zod/mini';

const text = z.catch(z.optional(z.string()), undefined);

/** The filters of a list of keys, as they stand in the address bar. What can't be read is left out. */
export const keysSearch = z.object({
  q: text,
  status: z.catch(z.optional(apiKeyStatus), undefined),
  accountId: text,
  /** Opens the dialog at once. */
  create: text,
});
export type KeysSearch = z.infer<typeof keysSearch>;

const PAGE_SIZE = 50;

/** What the filters ask of the server, for one owner or for everybody. */
export function keysInput({ q, status }: KeysSearch, accountId: string | undefined) {
  return { limit: PAGE_SIZE, ...(q && { q }), ...(status && { status }), ...(accountId && { accountId }) };
}
