import { alertWebhook, noInput, settings as settingsShape, updateSettingsInput } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { SettingsService } from './service.ts';

export function settingsRouter(rpc: Rpc, settings: SettingsService, webhook: { host: string | null }) {
  return rpc.router({
    get: rpc
      .permitted('settings:read')
      .meta({ rest: { method: 'GET', path: '/settings', status: 200 } })
      .input(noInput)
      .output(settingsShape)
      .query(() => settings.get()),
    update: rpc
      .permitted('settings:write', { credentials: ['session'], fresh: '15m' })
      .meta({ rest: { method: 'PATCH', path: '/settings', status: 200 } })
      .input(updateSettingsInput)
      .output(settingsShape)
      .mutation(({ ctx, input }) => settings.update(ctx.actor, input)),
    alertWebhook: rpc
      .permitted('settings:read')
      .meta({ rest: { method: 'GET', path: '/settings/alert-webhook', status: 200 } })
      .input(noInput)
      .output(alertWebhook)
      .query(() => webhook),
  });
}
