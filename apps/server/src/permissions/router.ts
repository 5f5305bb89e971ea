import { accessMatrix, createRoleInput, noInput, role, roleList, type GuardDescription } from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { Roles } from './service.ts';

export function rolesRouter(rpc: Rpc, roles: Roles) {
  return rpc.router({
    list: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/roles', status: 200 } })
      .input(noInput)
      .output(roleList)
      .query(() => roles.list()),
    create: rpc
      .permitted('roles:write', { credentials: ['session', 'access_token'] })
      .meta({ rest: { method: 'POST', path: '/roles', status: 201 } })
      .input(createRoleInput)
      .output(role)
      .mutation(({ ctx, input }) => roles.create(ctx.actor, input)),
  });
}

/** `guards` is asked at the call, since the matrix describes the router that this one is part of. */
export function accessMatrixRouter(rpc: Rpc, guards: () => GuardDescription[]) {
  return rpc.router({
    get: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/access-matrix', status: 200 } })
      .input(noInput)
      .output(accessMatrix)
      .query(() => ({ procedures: guards() })),
  });
}
