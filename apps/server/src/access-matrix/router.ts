import {
  accessMatrix,
  accountOfMatrixInput,
  apiKeyOfMatrixInput,
  callersInput,
  callersPage,
  guardList,
  noInput,
  whatCanBeCalled,
  type GuardDescription,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { AccessMatrix } from './service.ts';

/** `guards` is asked at the call, since the matrix describes the router that this one is part of. */
export function accessMatrixRouter(rpc: Rpc, matrix: AccessMatrix, guards: () => GuardDescription[]) {
  return rpc.router({
    get: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/access-matrix', status: 200 } })
      .input(noInput)
      .output(accessMatrix)
      .query(() => ({ procedures: guards() })),
    /** For the pages: what each of their buttons will be asked for. */
    guards: rpc.withoutFactor.authenticated
      .input(noInput)
      .output(guardList)
      .query(() => ({ items: guards() })),
    ofAccount: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/access-matrix/accounts/{accountId}', status: 200 } })
      .input(accountOfMatrixInput)
      .output(whatCanBeCalled)
      .query(({ ctx, input }) => matrix.ofAccount(guards(), ctx.actor, input.accountId)),
    ofApiKey: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/access-matrix/api-keys/{apiKeyId}', status: 200 } })
      .input(apiKeyOfMatrixInput)
      .output(whatCanBeCalled)
      .query(({ ctx, input }) => matrix.ofApiKey(guards(), ctx.actor, input.apiKeyId)),
    callers: rpc
      .permitted('roles:read')
      .meta({ rest: { method: 'GET', path: '/access-matrix/procedures/{procedure}', status: 200 } })
      .input(callersInput)
      .output(callersPage)
      .query(({ input }) => matrix.callers(guards(), input)),
  });
}
