import {
  createResourceInput,
  noInput,
  permissionCatalogue,
  previewResourceInput,
  removeResourceInput,
  resource,
  resourceInput,
  resourceList,
  resourcePreview,
  updateResourceInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Resources } from './service.ts';

const NOT_BY_KEY = { credentials: ['session', 'access_token'] } as const;

export function resourcesRouter(rpc: Rpc, resources: Resources) {
  return rpc.router({
    list: rpc
      .permitted('resources:read')
      .meta({ rest: { method: 'GET', path: '/resources', status: 200 } })
      .input(noInput)
      .output(resourceList)
      .query(() => resources.list()),
    get: rpc
      .permitted('resources:read')
      .meta({ rest: { method: 'GET', path: '/resources/{id}', status: 200 } })
      .input(resourceInput)
      .output(resource)
      .query(({ input }) => resources.get(input.id)),
    create: rpc
      .permitted('resources:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/resources', status: 201 } })
      .input(createResourceInput)
      .output(resource)
      .mutation(({ ctx, input }) => resources.create(ctx.actor, input)),
    update: rpc
      .permitted('resources:write', NOT_BY_KEY)
      .meta({ rest: { method: 'PATCH', path: '/resources/{id}', status: 200 } })
      .input(updateResourceInput)
      .output(resource)
      .mutation(({ ctx, input }) => resources.update(ctx.actor, input)),
    // Changes nothing; a mutation, since a list of permissions is too long for an address.
    preview: rpc
      .permitted('resources:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/resources/{id}/preview', status: 200 } })
      .input(previewResourceInput)
      .output(resourcePreview)
      .mutation(({ input }) => resources.preview(input)),
    remove: rpc
      .permitted('resources:write', NOT_BY_KEY)
      .meta({ rest: { method: 'DELETE', path: '/resources/{id}', status: 204 } })
      .input(removeResourceInput)
      .mutation(({ ctx, input }) => resources.remove(ctx.actor, input)),
  });
}

/** What there is to hold. Everybody may know: a picker shows also what one can't give, and says why. */
export function permissionsRouter(rpc: Rpc, resources: Resources) {
  return rpc.router({
    list: rpc.authenticated
      .meta({ rest: { method: 'GET', path: '/permissions', status: 200 } })
      .input(noInput)
      .output(permissionCatalogue)
      .query(() => resources.list()),
  });
}
