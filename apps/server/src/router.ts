import type { GuardDescription } from '@latchkey/schemas';

import {
  renameMe,
  serviceAccountsRouter,
  userSessionsRouter,
  usersRouter,
  type People,
  type ServiceAccounts,
} from './accounts/index.ts';
import { apiKeysRouter, type ApiKeys } from './api-keys/index.ts';
import { auditRouter, type Audit } from './audit/index.ts';
import { whoAmI } from './identity/index.ts';
import { accessMatrixRouter, rolesRouter, type Roles } from './permissions/index.ts';
import { describeGuards, type Rpc } from './rpc/index.ts';
import { endSession, sessionsRouter, type Sessions } from './sessions/index.ts';
import { settingsRouter, type SettingsService } from './settings/index.ts';
import {
  changePassword,
  confirmPassword,
  invitationsRouter,
  serverRouter,
  setupRouter,
  signInRouter,
  signUpRouter,
  type SignIn,
} from './sign-in/index.ts';
import { tokensRouter, type Tokens } from './tokens/index.ts';

export type Services = {
  publicUrl: string;
  settings: SettingsService;
  audit: Audit;
  roles: Roles;
  sessions: Sessions;
  people: People;
  serviceAccounts: ServiceAccounts;
  signIn: SignIn;
  tokens: Tokens;
  apiKeys: ApiKeys;
};

/** Every procedure there is. The pages, REST, the access matrix and the tests are all read off this. */
export function createAppRouter(rpc: Rpc, services: Services) {
  const { sessions, people, signIn, settings } = services;
  const appRouter = rpc.router({
    server: serverRouter(rpc, signIn, settings, services.publicUrl),
    setup: setupRouter(rpc, signIn),
    signIn: signInRouter(rpc, signIn),
    signUp: signUpRouter(rpc, signIn),
    invitations: invitationsRouter(rpc, signIn),
    me: rpc.router({
      get: whoAmI(rpc),
      update: renameMe(rpc, people),
      changePassword: changePassword(rpc, signIn),
    }),
    session: rpc.router({ end: endSession(rpc, sessions), confirm: confirmPassword(rpc, signIn) }),
    sessions: sessionsRouter(rpc, sessions),
    tokens: tokensRouter(rpc, services.tokens),
    apiKeys: apiKeysRouter(rpc, services.apiKeys),
    users: usersRouter(rpc, people),
    userSessions: userSessionsRouter(rpc, people, sessions),
    serviceAccounts: serviceAccountsRouter(rpc, services.serviceAccounts),
    roles: rolesRouter(rpc, services.roles),
    accessMatrix: accessMatrixRouter(rpc, (): GuardDescription[] => describeGuards(appRouter)),
    settings: settingsRouter(rpc, settings),
    audit: auditRouter(rpc, services.audit),
  });
  return appRouter;
}

export type AppRouter = ReturnType<typeof createAppRouter>;
