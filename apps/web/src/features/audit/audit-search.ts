import { auditListInput } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { DAY_MS } from '../../words/time-words.ts';

const dayText = z.catch(z.optional(z.iso.date()), undefined);

/** The log's filters, as they stand in the address bar. Days are the reader's own. What can't be read is left out. */
export const auditSearch = z.object({
  act: z.catch(auditListInput.shape.act, undefined),
  actorId: z.catch(auditListInput.shape.actorId, undefined),
  targetId: z.catch(auditListInput.shape.targetId, undefined),
  from: dayText,
  until: dayText,
});
export type AuditSearch = z.infer<typeof auditSearch>;

export const NO_FILTER: AuditSearch = {
  act: undefined,
  actorId: undefined,
  targetId: undefined,
  from: undefined,
  until: undefined,
};

/** The first moment of a day where the reader is. Without the time of day, it would be read as one in London. */
const startOfDay = (day: string): number => new Date(`${day}T00:00`).getTime();

/** The last moment of a day, also of one with 23 or 25 hours. */
function endOfDay(day: string): number {
  const noonOfNext = new Date(startOfDay(day) + 1.5 * DAY_MS);
  return noonOfNext.setHours(0, 0, 0, 0) - 1;
}

/** What the server is asked for. */
export function auditInput({ from, until, ...rest }: AuditSearch) {
  return { ...rest, fromMs: from && startOfDay(from), untilMs: until && endOfDay(until) };
}
