import { createHmac } from 'node:crypto';

import { Unwanted } from '../deliveries/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';

const ANSWERED_WITHIN_MS = 10 * SECOND_MS;
const GONE = 410;

export type WebhookNeeds = {
  url: string;
  /** Each of them signs: a receiver may know the old one or the new one. */
  keys: readonly Buffer[];
  clock: Clock;
};

/** Posts events to the address that the operator named, as Standard Webhooks says. */
export function createWebhook({ url, keys, clock }: WebhookNeeds) {
  const { host } = new URL(url);

  function signaturesOf(signed: string): string {
    return keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
  }

  return {
    /** The address may hold a secret in its path or query; this doesn't. */
    host,

    /**
     * Returns the status of an answer that means yes: 2xx. Throws at any other, `Unwanted` at 410, and where there is none in ten
     * seconds or before `closing`.
     */
    async send(id: string, body: string, closing?: AbortSignal): Promise<number> {
      const late = AbortSignal.timeout(ANSWERED_WITHIN_MS);
      const sentAt = Math.floor(clock() / SECOND_MS);
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Latchkey',
          'webhook-id': id,
          'webhook-timestamp': String(sentAt),
          'webhook-signature': signaturesOf(`${id}.${sentAt}.${body}`),
        },
        body,
        redirect: 'manual',
        signal: closing ? AbortSignal.any([late, closing]) : late,
      });
      // However long it is, nobody reads it.
      await answer.body?.cancel();
      const { status, ok } = answer;
      if (ok) return status;
      throw status === GONE ? new Unwanted(answered(host, status)) : new Error(answered(host, status));
    },
  };
}

export type Webhook = ReturnType<typeof createWebhook>;

function answered(host: string, status: number): string {
  return `${host} answered ${status}`;
}
