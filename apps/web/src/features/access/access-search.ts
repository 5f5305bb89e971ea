import { accountId, apiKeyId } from '@latchkey/schemas';
import * as z from 'zod/mini';

const line = z.string().check(z.maxLength(100));

/** What the matrix is narrowed to, as it stands in the address bar. What can't be read is left out. */
export const accessSearch = z.object({
  q: z.catch(z.optional(line), undefined),
  accountId: z.catch(z.optional(accountId), undefined),
  apiKeyId: z.catch(z.optional(apiKeyId), undefined),
});
export type AccessSearch = z.infer<typeof accessSearch>;
export const WHOLE_MATRIX: AccessSearch = { q: undefined, accountId: undefined, apiKeyId: undefined };
