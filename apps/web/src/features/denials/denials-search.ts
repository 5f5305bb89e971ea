import { accountId, apiKeyId, denialListInput } from '@latchkey/schemas';
import * as z from 'zod/mini';

/** The list's filters, as they stand in the address bar. What can't be read is left out. */
export const denialsSearch = z.object({
  accountId: z.catch(z.optional(accountId), undefined),
  apiKeyId: z.catch(z.optional(apiKeyId), undefined),
  missing: z.catch(denialListInput.shape.missing, undefined),
});
export type DenialsSearch = z.infer<typeof denialsSearch>;
export const ALL_DENIALS: DenialsSearch = { accountId: undefined, apiKeyId: undefined, missing: undefined };
