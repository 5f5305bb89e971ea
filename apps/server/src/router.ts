import type { GuardDescription } from '@latchkey/schemas';

import {
  closeMe,
  closeSomebody,
  exportMe,
  exportSomebody,
  lockMeDown,
  lockSomebodyDown,
  type Closure,
  type Exports,
  type Lockdown,
} from './account-closure/index.ts';
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
import { accessMatrixRouter, type AccessMatrix } from './access-matrix/index.ts';
import { alertsRouter, type Alerts } from './alerts/index.ts';
import { apiKeysRouter, type ApiKeys } from './api-keys/index.ts';
import { appsRouter, type Apps } from './apps/index.ts';
import { auditRouter, type Audit } from './audit/index.ts';
import { denialsRouter, type Denials } from './denials/index.ts';
import { factorsRouter, passkeysRouter, userFactorsRouter, type Factors, type Passkeys } from './factors/index.ts';
import { whoAmI } from './identity/index.ts';
import type { Mail } from './mail/index.ts';
import { consentRouter, deviceRouter, grantsRouter, type Consents, type DeviceRequests } from './oauth/index.ts';
import { rolesRouter, type Roles } from './permissions/index.ts';
import { permissionsRouter, resourcesRouter, type Resources } from './resources/index.ts';
import { describeGuards, type Rpc } from './rpc/index.ts';
import { endSession, sessionsRouter, type Sessions } from './sessions/index.ts';
import { settingsRouter, type SettingsService } from './settings/index.ts';
import {
  changePassword,
  confirmSession,
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
import { signingKeysRouter, type SigningKeys } from './signing-keys/index.ts';
import { tokensRouter, type Tokens } from './tokens/index.ts';

export type Services = {
  publicUrl: string;
  /** Null: alerts go to no webhook. */
  alertWebhookHost: string | null;
  mail: Mail;
  settings: SettingsService;
  audit: Audit;
  denials: Denials;
  roles: Roles;
  accessMatrix: AccessMatrix;
  resources: Resources;
  sessions: Sessions;
  people: People;
  serviceAccounts: ServiceAccounts;
  signIn: SignIn;
  signUp: SignUp;
  reset: Reset;
  ownAddress: OwnAddress;
  factors: Factors;
  passkeys: Passkeys;
  signingKeys: SigningKeys;
  tokens: Tokens;
  apiKeys: ApiKeys;
  alerts: Alerts;
  lockdown: Lockdown;
  exports: Exports;
  closure: Closure;
  apps: Apps;
  consents: Consents;
  deviceRequests: DeviceRequests;
};

/** Every procedure there is. The pages, REST, the access matrix and the tests are all read off this. */
export function createAppRouter(rpc: Rpc, services: Services) {
  const { sessions, people, signIn, settings } = services;
  const configured = { sendsMail: services.mail.sends, url: services.publicUrl };
  const appRouter = rpc.router({
    server: serverRouter(rpc, signIn, settings, configured),
    setup: setupRouter(rpc, signIn),
    signIn: signInRouter(rpc, signIn),
    signUp: signUpRouter(rpc, services.signUp),
    passwordReset: passwordResetRouter(rpc, services.reset),
    email: emailRouter(rpc, services.ownAddress),
    invitations: invitationsRouter(rpc, signIn),
    me: rpc.router({
      get: whoAmI(rpc),
      update: renameMe(rpc, people),
      changePassword: changePassword(rpc, signIn),
      lockDown: lockMeDown(rpc, services.lockdown),
      export: exportMe(rpc, services.exports),
      close: closeMe(rpc, services.closure),
    }),
    session: rpc.router({ end: endSession(rpc, sessions), confirm: confirmSession(rpc, signIn) }),
    sessions: sessionsRouter(rpc, sessions),
    factors: factorsRouter(rpc, services.factors),
    passkeys: passkeysRouter(rpc, services.factors, services.passkeys),
    userFactors: userFactorsRouter(rpc, services.factors),
    tokens: tokensRouter(rpc, services.tokens),
    apiKeys: apiKeysRouter(rpc, services.apiKeys),
    apps: appsRouter(rpc, services.apps),
    consent: consentRouter(rpc, services.consents),
    device: deviceRouter(rpc, services.deviceRequests),
    grants: grantsRouter(rpc, services.consents),
    users: rpc.mergeRouters(
      usersRouter(rpc, people),
      rpc.router({
        lockDown: lockSomebodyDown(rpc, services.lockdown),
        export: exportSomebody(rpc, services.exports),
        close: closeSomebody(rpc, services.closure),
      }),
    ),
    userSessions: userSessionsRouter(rpc, people),
    serviceAccounts: serviceAccountsRouter(rpc, services.serviceAccounts),
    roles: rolesRouter(rpc, services.roles),
    resources: resourcesRouter(rpc, services.resources),
    permissions: permissionsRouter(rpc, services.resources),
    accessMatrix: accessMatrixRouter(rpc, services.accessMatrix, (): GuardDescription[] => describeGuards(appRouter)),
    settings: settingsRouter(rpc, settings, { host: services.alertWebhookHost }),
    signingKeys: signingKeysRouter(rpc, services.signingKeys),
    audit: auditRouter(rpc, services.audit),
    alerts: alertsRouter(rpc, services.alerts),
    denials: denialsRouter(rpc, services.denials),
  });
  return appRouter;
}

export type AppRouter = ReturnType<typeof createAppRouter>;
