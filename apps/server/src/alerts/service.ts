import type { Alert, AlertId } from '@latchkey/schemas';

import type { AccountActor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { Problem } from '../problems/index.ts';
import { decodeCursor, pageOf, type Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { alertOf } from './alert.ts';
import * as rows from './rows.ts';

export type AlertsNeeds = { storage: Storage; audit: Audit; clock: Clock };

/** Alerts as admins see them, and decide on them. */
export function createAlerts({ storage, audit, clock }: AlertsNeeds) {
  async function close(actor: AccountActor, id: AlertId, status: 'acknowledged' | 'dismissed'): Promise<Alert> {
    return storage.transact(async (tx) => {
      const decision = { status, decidedBy: actor.email ?? actor.name, decidedAtMs: clock() };
      const closed = await rows.closeAlert(tx, id, decision);
      if (closed === null) throw new Problem((await rows.findAlert(tx, id)) === null ? 'not_found' : 'state_conflict');
      const name = closed.subjectName === null ? closed.code : `${closed.code}: ${closed.subjectName}`;
      await audit.record(tx, actor, `alert.${status}`, { target: { kind: 'alert', id, name } });
      return alertOf(closed);
    });
  }

  return {
    /** Newest first. */
    async list({
      cursor,
      limit,
      status,
    }: {
      cursor?: string | undefined;
      limit: number;
      status?: Alert['status'] | undefined;
    }) {
      const found = await rows.listAlerts(storage.read, status, decodeCursor(cursor), limit + 1);
      return pageOf(found, limit, alertOf, ({ firstAtMs, id }) => ({ createdAtMs: firstAtMs, id }));
    },

    async get(id: AlertId): Promise<Alert> {
      const found = await rows.findAlert(storage.read, id);
      if (found === null) throw new Problem('not_found');
      return alertOf(found);
    },

    /** Somebody looks after it. What comes later opens a new one. */
    acknowledge: (actor: AccountActor, id: AlertId) => close(actor, id, 'acknowledged'),

    /** It was nothing. */
    dismiss: (actor: AccountActor, id: AlertId) => close(actor, id, 'dismissed'),
  };
}

export type Alerts = ReturnType<typeof createAlerts>;
