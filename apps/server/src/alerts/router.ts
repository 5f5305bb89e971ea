import { alert, alertInput, alertListInput, alertPage } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Alerts } from './service.ts';

export function alertsRouter(rpc: Rpc, alerts: Alerts) {
  return rpc.router({
    list: rpc
      .permitted('alerts:read')
      .meta({ rest: { method: 'GET', path: '/alerts', status: 200 } })
      .input(alertListInput)
      .output(alertPage)
      .query(({ input }) => alerts.list(input)),
    get: rpc
      .permitted('alerts:read')
      .meta({ rest: { method: 'GET', path: '/alerts/{id}', status: 200 } })
      .input(alertInput)
      .output(alert)
      .query(({ input }) => alerts.get(input.id)),
    acknowledge: rpc
      .permitted('alerts:write')
      .meta({ rest: { method: 'POST', path: '/alerts/{id}/acknowledge', status: 200 } })
      .input(alertInput)
      .output(alert)
      .mutation(({ ctx, input }) => alerts.acknowledge(ctx.actor, input.id)),
    dismiss: rpc
      .permitted('alerts:write')
      .meta({ rest: { method: 'POST', path: '/alerts/{id}/dismiss', status: 200 } })
      .input(alertInput)
      .output(alert)
      .mutation(({ ctx, input }) => alerts.dismiss(ctx.actor, input.id)),
  });
}
