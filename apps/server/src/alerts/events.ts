import type { AlertEvent } from '@latchkey/schemas';

import { randomBase62 } from '../crypto/index.ts';
import { alertOf } from './alert.ts';
import type { AlertRow, DeliveryRow } from './rows.ts';

/** What the webhook is told of the alert as it is now. `AlertRow.mailedAtMs` says whether anybody was told of it before. */
export function deliveryOf(row: AlertRow, publicUrl: string, nowMs: number): DeliveryRow {
  const event: AlertEvent = {
    type: row.mailedAtMs === null ? 'alert.opened' : 'alert.repeated',
    timestamp: new Date(nowMs).toISOString(),
    data: { ...alertOf(row), url: `${publicUrl}/console/alerts/${row.id}` },
  };
  return { id: newMessageId(), alertId: row.id, body: JSON.stringify(event), tries: 0, nextTryAtMs: nowMs };
}

/** What an operator sends to see whether events arrive. */
export function testEvent(publicUrl: string, nowMs: number): { id: string; body: string } {
  const timestamp = new Date(nowMs).toISOString();
  const event: AlertEvent = { type: 'webhook.test', timestamp, data: { url: publicUrl } };
  return { id: newMessageId(), body: JSON.stringify(event) };
}

/** Receivers know by it what they were told before. No full stop may be in it: it is signed with one behind. */
function newMessageId(): string {
  return `msg_${randomBase62(22)}`;
}
