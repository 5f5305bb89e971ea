import { ALERTS } from '@latchkey/schemas';

import { write, type MailMessage } from '../mail/index.ts';
import type { AlertRow } from './rows.ts';

/** One mail for all that was found at once, to one admin. */
export function alertMail(to: string, alerts: readonly AlertRow[], publicUrl: string): MailMessage {
  const host = new URL(publicUrl).host;
  const titles = alerts.map(({ code, subjectName, subjectId }) => `${ALERTS[code].title}: ${subjectName ?? subjectId}`);
  return write({
    to,
    subject: alerts.length === 1 ? `${titles[0]} (${host})` : `${alerts.length} alerts at ${host}`,
    paragraphs: alerts.map(({ code }, place) => `${titles[place]}\n${ALERTS[code].why} ${ALERTS[code].next}`),
    action: { label: 'Look at the alerts', url: `${publicUrl}/console/alerts` },
    foot: 'Nobody gets another mail about the same for a day.',
  });
}
