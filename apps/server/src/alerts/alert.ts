import type { Alert } from '@latchkey/schemas';

import type { AlertRow } from './rows.ts';

/** As the API, and the webhook, tell it. */
export function alertOf(row: AlertRow): Alert {
  const { id, code, status, count, firstAtMs, lastAtMs, evidence, decidedAtMs, decidedBy } = row;
  const subject = { kind: row.subjectKind, id: row.subjectId, name: row.subjectName };
  return { id, code, status, subject, count, firstAtMs, lastAtMs, evidence, decidedAtMs, decidedBy };
}
