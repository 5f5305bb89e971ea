import * as z from 'zod/mini';

import { alert } from './alerts.ts';

/** ISO 8601, UTC: of what it tells, however late it is sent. */
const timestamp = z.iso.datetime();

/** What the webhook for alerts is told: the body of one request. */
export const alertEvent = z.discriminatedUnion('type', [
  z.object({
    /** Repeated: it is still open, was seen again, and nothing was told of it for a day. */
    type: z.enum(['alert.opened', 'alert.repeated']),
    timestamp,
    /** The alert as it is when this is sent, and its page in the console. */
    data: z.extend(alert, { url: z.string() }),
  }),
  z.object({
    /** The operator tries whether events arrive. */
    type: z.literal('webhook.test'),
    timestamp,
    /** The server that sent it. */
    data: z.object({ url: z.string() }),
  }),
]);
export type AlertEvent = z.infer<typeof alertEvent>;

/** Null: alerts go to no webhook. The rest of its address may be a secret. */
export const alertWebhook = z.object({ host: z.nullable(z.string()) });
