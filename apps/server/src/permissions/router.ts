import {
  createRoleInput,
  noInput,
  previewRoleInput,
  removeRoleInput,
  role,
  roleHolderPage,
  roleHoldersInput,
  roleInput,
  roleList,
  rolePreview,
  roleWithoutFactor,
  updateRoleInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Roles } from './service.ts';

const NOT_BY_KEY = { credentials: ['session', 'access_token'] } as const;

export function rolesRouter(rpc: Rpc, roles: Roles) {
  return rpc.router({
    list: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/roles', status: 200 } })
      .input(noInput)
      .output(roleList)
      .query(() => roles.list()),
    create: rpc
      .permitted('roles:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/roles', status: 201 } })
      .input(createRoleInput)
      .output(role)
      .mutation(({ ctx, input }) => roles.create(ctx.actor, input)),
    get: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/roles/{name}', status: 200 } })
      .input(roleInput)
      .output(role)
      .query(({ input }) => roles.get(input.name)),
    update: rpc
      .permitted('roles:write', NOT_BY_KEY)
      .meta({ rest: { method: 'PATCH', path: '/roles/{name}', status: 200 } })
      .input(updateRoleInput)
      .output(role)
      .mutation(({ ctx, input }) => roles.update(ctx.actor, input)),
    remove: rpc
      .permitted('roles:write', NOT_BY_KEY)
      .meta({ rest: { method: 'DELETE', path: '/roles/{name}', status: 204 } })
      .input(removeRoleInput)
      .mutation(({ ctx, input }) => roles.remove(ctx.actor, input)),
    // Changes nothing; a mutation, since a list of permissions is too long for an address.
    preview: rpc
      .permitted('roles:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/roles/{name}/preview', status: 200 } })
      .input(previewRoleInput)
      .output(rolePreview)
      .mutation(({ input }) => roles.preview(input)),
    withoutFactor: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/roles/{name}/without-factor', status: 200 } })
      .input(roleInput)
      .output(roleWithoutFactor)
      .query(({ input }) => roles.withoutFactor(input.name)),
    holders: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/roles/{name}/holders', status: 200 } })
      .input(roleHoldersInput)
      .output(roleHolderPage)
      .query(({ ctx, input }) => roles.holders(ctx.actor, input)),
  });
}
