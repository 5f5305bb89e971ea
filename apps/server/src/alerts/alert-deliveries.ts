import { createDeliveries, queueOf } from '../deliveries/index.ts';
import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { eventText } from './events.ts';
import { findAlert, type DeliveryRow } from './rows.ts';
import type { Webhook } from './webhook.ts';

export type AlertDeliveriesNeeds = {
  storage: Storage;
  clock: Clock;
  webhook: Webhook | null;
  publicUrl: string;
  onUndelivered: (error: unknown, delivery: DeliveryRow, isLast: boolean) => void;
  onFailure: (error: unknown) => void;
};

/**
 * Tells the webhook what waits for it, eight times within two days. Once there is none any more, what waits is tried in
 * vain, and ends as it does with one that never answers: a start without the variable by mistake loses nothing.
 */
export function createAlertDeliveries({ webhook, publicUrl, ...needs }: AlertDeliveriesNeeds) {
  return createDeliveries({
    ...needs,
    queue: queueOf('alertDeliveries'),
    waitsMs: [30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS],
    async deliver(delivery, closing) {
      if (webhook === null) throw new Error("LATCHKEY_ALERT_WEBHOOK_URL isn't set");
      // Read anew: whoever closed their account meanwhile isn't named in it any more, or it went with them.
      const alert = await findAlert(needs.storage.read, delivery.alertId);
      if (alert) await webhook.send(delivery.id, eventText(delivery, alert, publicUrl), closing);
    },
  });
}
