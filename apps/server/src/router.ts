import type { GuardDescription } from '@latchkey/schemas';

import { othersEndings, ownEndings, type Endings } from './account-closure/index.ts';
import {
  emailRouter,
  renameMe,
  serviceAccountsRouter,
  userSessionsRouter,
  usersRouter,
  type OwnAddress,
  type People,
  type ServiceAccounts,
} from './accounts/index.ts';
import { alertsRouter, type Alerts } from './alerts/index.ts';
import { apiKeysRouter, type ApiKeys } from './api-keys/index.ts';
import { auditRouter, type Audit } from './audit/index.ts';
import { whoAmI } from './identity/index.ts';
import { accessMatrixRouter, rolesRouter, type Roles } from './permissions/index.ts';
import { permissionsRouter, resourcesRouter, type Resources } from './resources/index.ts';
import { describeGuards, type Rpc } from './rpc/index.ts';
import { endSession, sessionsRouter, type Sessions } from './sessions/index.ts';
import { settingsRouter, type SettingsService } from './settings/index.ts';
import {
  changePassword,
  confirmPassword,
  invitationsRouter,
  passwordResetRouter,
  serverRouter,
  setupRouter,
  signInRouter,
  signUpRouter,
  type Reset,
  type SignIn,
  type SignUp,
} from './sign-in/index.ts';
import { tokensRouter, type Tokens } from './tokens/index.ts';

export type Services = {
  publicUrl: string;
  settings: SettingsService;
  audit: Audit;
  roles: Roles;
  resources: Resources;
  sessions: Sessions;
  people: People;
  serviceAccounts: ServiceAccounts;
  signIn: SignIn;
  signUp: SignUp;
  reset: Reset;
  ownAddress: OwnAddress;
  tokens: Tokens;
  apiKeys: ApiKeys;
  alerts: Alerts;
  endings: Endings;
};

/** Every procedure there is. The pages, REST, the access matrix and the tests are all read off this. */
export function createAppRouter(rpc: Rpc, services: Services) {
  const { sessions, people, signIn, settings } = services;
  const appRouter = rpc.router({
    server: serverRouter(rpc, signIn, settings, services.publicUrl),
    setup: setupRouter(rpc, signIn),
    signIn: signInRouter(rpc, signIn),
    signUp: signUpRouter(rpc, services.signUp),
    passwordReset: passwordResetRouter(rpc, services.reset),
    email: emailRouter(rpc, services.ownAddress),
    invitations: invitationsRouter(rpc, signIn),
    me: rpc.mergeRouters(
      rpc.router({
        get: whoAmI(rpc),
        update: renameMe(rpc, people),
        changePassword: changePassword(rpc, signIn),
      }),
      ownEndings(rpc, services.endings),
    ),
    session: rpc.router({ end: endSession(rpc, sessions), confirm: confirmPassword(rpc, signIn) }),
    sessions: sessionsRouter(rpc, sessions),
    tokens: tokensRouter(rpc, services.tokens),
    apiKeys: apiKeysRouter(rpc, services.apiKeys),
    users: rpc.mergeRouters(usersRouter(rpc, people), othersEndings(rpc, services.endings)),
    userSessions: userSessionsRouter(rpc, people, sessions),
    serviceAccounts: serviceAccountsRouter(rpc, services.serviceAccounts),
    roles: rolesRouter(rpc, services.roles),
    resources: resourcesRouter(rpc, services.resources),
    permissions: permissionsRouter(rpc, services.resources),
    accessMatrix: accessMatrixRouter(rpc, (): GuardDescription[] => describeGuards(appRouter)),
    settings: settingsRouter(rpc, settings),
    audit: auditRouter(rpc, services.audit),
    alerts: alertsRouter(rpc, services.alerts),
  });
  return appRouter;
}

export type AppRouter = ReturnType<typeof createAppRouter>;
