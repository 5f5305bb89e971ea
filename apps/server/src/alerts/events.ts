import type { AlertEvent } from '@latchkey/schemas';

import { randomBase62 } from '../crypto/index.ts';
import { alertOf } from './alert.ts';
import type { AlertRow, DeliveryRow } from './rows.ts';

/** `seenAtMs`: of what the alert was opened for, or seen again. `AlertRow.mailedAtMs` says whether anybody was told before. */
export function deliveryOf({ id: alertId, mailedAtMs }: AlertRow, seenAtMs: number, nowMs: number): DeliveryRow {
  const type = mailedAtMs === null ? 'alert.opened' : 'alert.repeated';
  return { id: newMessageId(), alertId, type, seenAtMs, tries: 0, nextTryAtMs: nowMs };
}

/** The body, which tells of the alert as it is now. */
export function eventText({ type, seenAtMs }: DeliveryRow, alert: AlertRow, publicUrl: string): string {
  const event: AlertEvent = {
    type,
    timestamp: new Date(seenAtMs).toISOString(),
    data: { ...alertOf(alert), url: `${publicUrl}/console/alerts/${alert.id}` },
  };
  return JSON.stringify(event);
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
