import { alertStatus } from '@latchkey/schemas';
import * as z from 'zod/mini';

/** What is open comes first: everything else was decided. */
export const alertsSearch = z.object({
  status: z.catch(z.optional(z.union([alertStatus, z.literal('all')])), undefined),
});
export type AlertsSearch = z.infer<typeof alertsSearch>;

export function alertsInput({ status = 'open' }: AlertsSearch) {
  return status === 'all' ? {} : { status };
}
