import { createWebhook, testEvent } from '../alerts/index.ts';
import { systemClock } from '../time/index.ts';
import { Refused, type Noun } from './command.ts';

export const webhook: Noun = {
  test: {
    means: 'Sends one test event to the webhook for alerts, signed as alerts are, and prints what it answered.',
    async run({ config }) {
      const { alertWebhook, publicUrl } = config();
      if (alertWebhook === null) {
        throw new Refused(
          'Alerts go to no webhook. Set LATCHKEY_ALERT_WEBHOOK_URL and LATCHKEY_ALERT_WEBHOOK_SECRET first.',
        );
      }
      const { host, send } = createWebhook({ ...alertWebhook, clock: systemClock });
      const { id, body } = testEvent(publicUrl, systemClock());
      const status = await send(id, body).catch((error: unknown) => {
        throw new Refused(`The test event wasn't taken: ${causeOf(error)}.`);
      });
      return { line: `${host} answered ${status} and took the test event ${id}.`, json: { id, host, status } };
    },
  },
};

/** All that `fetch` says itself is that it failed. */
function causeOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {};
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
