import { usageRange } from '@latchkey/schemas';
import * as z from 'zod/mini';

/** Which time the key's page looks at, as it stands in the address bar. */
export const usageSearch = z.object({ range: z.catch(z.optional(usageRange), undefined) });
export type UsageSearch = z.infer<typeof usageSearch>;

export const USUAL_RANGE = '30d';
