import {
  accountInput,
  createdUser,
  createServiceAccountInput,
  createUserInput,
  endedSessions,
  serviceAccount,
  serviceAccountListInput,
  serviceAccountPage,
  sessionList,
  updateProfileInput,
  updateServiceAccountInput,
  updateUserInput,
  user,
  userListInput,
  userPage,
  userSessionInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { People } from './people.ts';
import type { ServiceAccounts } from './service-accounts.ts';

export function usersRouter(rpc: Rpc, people: People) {
  return rpc.router({
    list: rpc
      .permitted('users:read')
      .meta({ rest: { method: 'GET', path: '/users', status: 200 } })
      .input(userListInput)
      .output(userPage)
      .query(({ input }) => people.list(input)),
    get: rpc
      .permitted('users:read')
      .meta({ rest: { method: 'GET', path: '/users/{id}', status: 200 } })
      .input(accountInput)
      .output(user)
      .query(({ input }) => people.get(input.id)),
    create: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'POST', path: '/users', status: 201 } })
      .input(createUserInput)
      .output(createdUser)
      .mutation(({ ctx, input }) => people.create(ctx.actor, input)),
    resendInvitation: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'POST', path: '/users/{id}/invitation', status: 200 } })
      .input(accountInput)
      .output(createdUser)
      .mutation(({ ctx, input }) => people.resendInvitation(ctx.actor, input.id)),
    update: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'PATCH', path: '/users/{id}', status: 200 } })
      .input(updateUserInput)
      .output(user)
      .mutation(({ ctx, input }) => people.update(ctx.actor, input)),
  });
}

/** Other people's sessions, for admins. */
export function userSessionsRouter(rpc: Rpc, people: People) {
  return rpc.router({
    list: rpc
      .permitted('users:read')
      .meta({ rest: { method: 'GET', path: '/users/{id}/sessions', status: 200 } })
      .input(accountInput)
      .output(sessionList)
      .query(({ input }) => people.listSessions(input.id)),
    end: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'DELETE', path: '/users/{id}/sessions/{sessionId}', status: 204 } })
      .input(userSessionInput)
      .mutation(({ ctx, input }) => people.endSession(ctx.actor, input.id, input.sessionId)),
    endAll: rpc
      .permitted('users:write')
      .meta({ rest: { method: 'POST', path: '/users/{id}/sessions/end-all', status: 200 } })
      .input(accountInput)
      .output(endedSessions)
      .mutation(({ ctx, input }) => people.endSessions(ctx.actor, input.id)),
  });
}

/** A person's own name. */
export function renameMe(rpc: Rpc, people: People) {
  return rpc.signedIn
    .meta({ rest: { method: 'PATCH', path: '/me', status: 204 } })
    .input(updateProfileInput)
    .mutation(({ ctx, input }) => people.rename(ctx.actor, ctx.actor.accountId, input.name));
}

export function serviceAccountsRouter(rpc: Rpc, serviceAccounts: ServiceAccounts) {
  return rpc.router({
    list: rpc
      .permitted('service_accounts:read')
      .meta({ rest: { method: 'GET', path: '/service-accounts', status: 200 } })
      .input(serviceAccountListInput)
      .output(serviceAccountPage)
      .query(({ input }) => serviceAccounts.list(input)),
    get: rpc
      .permitted('service_accounts:read')
      .meta({ rest: { method: 'GET', path: '/service-accounts/{id}', status: 200 } })
      .input(accountInput)
      .output(serviceAccount)
      .query(({ input }) => serviceAccounts.get(input.id)),
    create: rpc
      .permitted('service_accounts:write')
      .meta({ rest: { method: 'POST', path: '/service-accounts', status: 201 } })
      .input(createServiceAccountInput)
      .output(serviceAccount)
      .mutation(({ ctx, input }) => serviceAccounts.create(ctx.actor, input)),
    update: rpc
      .permitted('service_accounts:write')
      .meta({ rest: { method: 'PATCH', path: '/service-accounts/{id}', status: 200 } })
      .input(updateServiceAccountInput)
      .output(serviceAccount)
      .mutation(({ ctx, input }) => serviceAccounts.update(ctx.actor, input)),
  });
}
