import {
  app,
  appAnswer,
  appInput,
  appListInput,
  appPage,
  appWithSecret,
  createAppInput,
  rotateAppInput,
  updateAppInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Apps } from './service.ts';

/** A key can't make or change apps, or it could make what outlives it [B28]. */
const NOT_BY_KEY = { credentials: ['session', 'access_token'] } as const;

export function appsRouter(rpc: Rpc, apps: Apps) {
  return rpc.router({
    create: rpc
      .permitted('apps:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/apps', status: 201 } })
      .input(createAppInput)
      .output(appWithSecret)
      .mutation(({ ctx, input }) => apps.create(ctx.actor, input)),
    list: rpc
      .permitted('apps:read')
      .meta({ rest: { method: 'GET', path: '/apps', status: 200 } })
      .input(appListInput)
      .output(appPage)
      .query(({ input }) => apps.list(input)),
    get: rpc
      .permitted('apps:read')
      .meta({ rest: { method: 'GET', path: '/apps/{id}', status: 200 } })
      .input(appInput)
      .output(app)
      .query(({ input }) => apps.get(input.id)),
    update: rpc
      .permitted('apps:write', NOT_BY_KEY)
      .meta({ rest: { method: 'PATCH', path: '/apps/{id}', status: 200 } })
      .input(updateAppInput)
      .output(appAnswer)
      .mutation(({ ctx, input }) => apps.update(ctx.actor, input)),
    rotate: rpc
      .permitted('apps:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/apps/{id}/rotate', status: 200 } })
      .input(rotateAppInput)
      .output(appWithSecret)
      .mutation(({ ctx, input }) => apps.rotate(ctx.actor, input.id, input.graceSeconds)),
  });
}
