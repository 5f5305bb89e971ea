import { join } from 'node:path';

import type { Logger } from 'pino';

import { createAccessMatrix } from './access-matrix/index.ts';
import { createClosure, createEndAccess, createExports, createLockdown } from './account-closure/index.ts';
import { createLinkMail, createOwnAddress, createPeople, createServiceAccounts, isVerified } from './accounts/index.ts';
import { createAlertDeliveries, createAlerts, createWatch, createWebhook } from './alerts/index.ts';
import { createApiKeys, createRefusals, createReminders } from './api-keys/index.ts';
import { createApps } from './apps/index.ts';
import { createAudit } from './audit/index.ts';
import { inDataDir, loadSecrets, readConfig, type Config } from './config/index.ts';
import { createCookieSealer, createPasswordHasher, createSealer } from './crypto/index.ts';
import { createDenials, createRepeated } from './denials/index.ts';
import { createDevices } from './devices/index.ts';
import { createFactors, createPasskeys, resealTotpSecrets } from './factors/index.ts';
import { createVisits } from './forward-auth/index.ts';
import { createGoldenTokens } from './golden-tokens/index.ts';
import { createLog, type Timeouts } from './http/index.ts';
import { createIdentify, createLastUse, createStates } from './identity/index.ts';
import { createMail } from './mail/index.ts';
import { createMetrics } from './metrics/index.ts';
import {
  createConsents,
  createDeviceRequests,
  createEngine,
  createScopes,
  createSignOuts,
  noteSignOuts,
} from './oauth/index.ts';
import { createRoles } from './permissions/index.ts';
import { OperatorError } from './problems/index.ts';
import { createRateLimits } from './rate-limits/index.ts';
import { createResources } from './resources/index.ts';
import { createRpc } from './rpc/index.ts';
import { createAppRouter, type Services } from './router.ts';
import { createServer } from './server.ts';
import { createSessions, SESSION_LIFETIME_MS } from './sessions/index.ts';
import { createSettings } from './settings/index.ts';
import { createGuessing, createPendings, createReset, createSignIn, createSignUp } from './sign-in/index.ts';
import { createSigningKeys } from './signing-keys/index.ts';
import { openStorage, outageOf, type Storage, type StorageLocation } from './storage/index.ts';
import { systemClock, type Clock } from './time/index.ts';
import { createTokens } from './tokens/index.ts';
import { createHistory, createQuotas, createRecorder, outcomeOf } from './usage/index.ts';

export { createLog, readConfig };

export type ComposeOptions = {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** Instead of the configured database; closed with the rest. */
  storage?: Storage;
};

/** Builds everything that knows no HTTP. Throws an `OperatorError` or a `Problem` where it can't, and then leaves nothing open. */
export async function compose({ storage: given, ...options }: ComposeOptions) {
  const { config } = options;
  const [secrets, storage] = await inDataDir(config, async () => {
    return [await loadSecrets(config), given ?? (await onDatabase(config, openStorage))] as const;
  });
  try {
    return await composeOn(storage, secrets, options);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Throws an `OperatorError` that names the variable where the database can't be used. */
export async function onDatabase<Result>(
  { database }: Config,
  work: (location: StorageLocation) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(database);
  } catch (error) {
    const why = outageOf(error);
    if (why === null) throw error;
    const named = database.kind === 'sqlite' ? 'LATCHKEY_DATA_DIR holds' : 'DATABASE_URL names';
    throw new OperatorError(
      `${named} a database that can't be used: ${why}. Check its address, its rights and its files.`,
    );
  }
}

/** In the order in which one needs the other. */
async function composeOn(
  storage: Storage,
  secrets: readonly string[],
  { config, log, clock = systemClock }: Omit<ComposeOptions, 'storage'>,
) {
  const issuer = config.publicUrl;
  const sealer = createSealer(secrets);
  const passwords = createPasswordHasher({ processes: config.workers });
  const cookies = createCookieSealer({ secrets, ttlMs: SESSION_LIFETIME_MS, clock });
  const onFailure = (error: unknown) => log.error({ err: error }, 'background work failed');

  const audit = createAudit({ storage, clock });
  const rateLimits = createRateLimits({ storage, clock });
  const denials = createDenials({ storage, repeated: createRepeated({ audit, rateLimits }), clock, onFailure });
  const devices = createDevices({ storage, clock });
  const settings = createSettings({ storage, audit, isVerified });
  const mail = createMail({ ...config.mail, outboxDir: join(config.dataDir, 'outbox'), onFailure });
  const signingKeys = createSigningKeys({ storage, clock, sealer, audit });
  await signingKeys.ensure();
  await resealTotpSecrets({ storage, sealer });
  const roles = createRoles({ storage, audit, clock });
  const accessMatrix = createAccessMatrix({ storage, roles, clock });
  const resources = createResources({ storage, audit, clock, issuer });
  await resources.giveWay();
  const sessions = createSessions({
    storage,
    audit,
    signingKeys,
    clock,
    issuer,
    refreshKey: sealer.deriveKey('refresh tokens'),
    onEnd: (tx, ids) => noteSignOuts(tx, ids, clock()),
  });
  const accounts = { storage, audit, sessions, mail, passwords, clock, publicUrl: issuer };
  const people = createPeople(accounts);
  const serviceAccounts = createServiceAccounts(accounts);
  const tokens = createTokens({ storage, audit, resources, signingKeys, clock, issuer });
  const lastUse = createLastUse({ storage, clock, onFailure });
  const recorder = createRecorder({ storage, audit, clock, onFailure });
  const quotas = createQuotas({ storage, clock });
  const history = createHistory({ storage, clock });
  const markUsed = lastUse.apiKey;
  const apiKeys = createApiKeys({ storage, audit, rateLimits, quotas, recorder, history, markUsed, clock });
  const guessing = createGuessing({ rateLimits, devices, audit, storage });
  const passkeys = createPasskeys({ storage, audit, sealer, clock, publicUrl: issuer });
  const factors = createFactors({ ...accounts, sealer, devices, passkeys });
  const pendings = createPendings({ sealer, clock });
  const linkMail = createLinkMail({ mail, rateLimits });
  const endAccess = createEndAccess({ sessions, devices, passkeys, clock });
  const ownAddress = createOwnAddress({ storage, audit, endAccess, mail, linkMail, clock, publicUrl: issuer });
  const known = { settings, ownAddress, factors, passkeys, pendings };
  const gate = { storage, audit, sessions, devices, cookies, ...known, clock };
  const signIn = createSignIn({ ...gate, passwords, guessing, publicUrl: issuer });
  const byMail = { ...gate, passwords, linkMail, publicUrl: issuer };
  const reset = createReset(byMail);
  const signUp = createSignUp(byMail);

  const listResources = async () => (await resources.list()).items;
  const scopes = createScopes({ storage, listResources });
  const apps = createApps({
    storage,
    audit,
    clock,
    permissionNames: async () =>
      new Set((await listResources()).flatMap((each) => each.permissions.map(({ name }) => name))),
  });
  const consents = createConsents({ storage, audit, clock, scopes });
  const refreshKey = sealer.deriveKey('oauth refresh tokens');
  const grantKinds = { storage, audit, clock, issuer, signingKeys, sessions, signIn, scopes };
  const engine = createEngine({
    ...grantKinds,
    refreshKey,
    apiKeys,
    rateLimits,
    settings,
    identifyToken: (text, audience, origin) => {
      const sessionCookie = { value: null, set: () => undefined, clear: () => undefined };
      return identify.token(text, audience, { origin, method: 'POST', calls: 1, sessionCookie });
    },
    report: (error) => log.error({ err: error }, 'request failed'),
  });
  const signOuts = createSignOuts({
    storage,
    clock,
    tell: engine.tellSignedOut,
    onUntold: (error, { id: sid, ...notice }) =>
      log.warn({ err: error, sid, ...notice }, 'an app was not told of a sign-out'),
    onFailure,
  });

  const goldenTokens = createGoldenTokens({ storage, audit, signingKeys, clock, issuer });
  const states = createStates(storage.read);
  const refusals = createRefusals({ storage, audit, rateLimits, clock, onFailure });
  const counters = { rateLimits, quotas, refusals, denials, lastUse };
  const identify = createIdentify({ states, sessions, cookies, signingKeys, ...counters, clock, issuer });
  const mailing = { storage, mail, clock, publicUrl: issuer, onFailure };
  const webhook = config.alertWebhook && createWebhook({ ...config.alertWebhook, clock });
  const watch = createWatch({ ...mailing, hasWebhook: webhook !== null });
  const alertDeliveries = createAlertDeliveries({
    storage,
    clock,
    webhook,
    publicUrl: issuer,
    onUndelivered: (error, { id, alertId, tries }, isLast) => {
      const what = 'the webhook was not told of an alert';
      log.warn({ err: error, webhookId: id, alertId, tries }, isLast ? `${what}, and is not any more` : what);
    },
    onFailure,
  });
  const reminders = createReminders(mailing);

  const services: Services = {
    publicUrl: issuer,
    alertWebhookHost: webhook?.host ?? null,
    mail,
    settings,
    audit,
    denials,
    roles,
    accessMatrix,
    resources,
    sessions,
    people,
    serviceAccounts,
    signIn,
    signUp,
    reset,
    ownAddress,
    factors,
    passkeys,
    signingKeys,
    tokens,
    apiKeys,
    alerts: createAlerts({ storage, audit, clock }),
    lockdown: createLockdown({ ...accounts, endAccess }),
    exports: createExports({ storage, audit, factors, clock }),
    closure: createClosure({ ...accounts, endAccess }),
    apps,
    consents,
    deviceRequests: createDeviceRequests({ storage, audit, clock, rateLimits, consents }),
  };
  const metrics = createMetrics({ passwords, database: storage.kind });
  const rpc = createRpc({
    clock,
    noteCall: metrics.call,
    keepDenial: denials.keep,
    noteKeyCall: ({ problem, ...call }) => recorder.record({ ...call, outcome: outcomeOf(problem) }),
  });
  return {
    storage,
    signingKeys,
    identify,
    engine,
    signOuts,
    lastUse,
    watch,
    alertDeliveries,
    reminders,
    refusals,
    recorder,
    services,
    goldenTokens,
    visits: createVisits({ sealer, clock }),
    passwords,
    mail,
    metrics,
    rpc,
    router: createAppRouter(rpc, services),
    /** For a server. The command line does its one thing, and may have another environment than the server beside it. */
    startLooks(): void {
      for (const each of [watch, alertDeliveries, reminders, signOuts]) each.start();
    },
    async close(): Promise<void> {
      await refusals.settle();
      await watch.close();
      await reminders.close();
      await alertDeliveries.close();
      await signOuts.close();
      await mail.settle();
      await lastUse.close();
      await denials.close();
      await recorder.close();
      await quotas.close().catch(onFailure);
      await passwords.close();
      await storage.close();
    },
  };
}

export type Composed = Awaited<ReturnType<typeof compose>>;

/** Everything, with the HTTP server before it: not listening yet. */
export async function openServer({ timeouts, ...options }: ComposeOptions & { timeouts?: Partial<Timeouts> }) {
  const composed = await compose(options);
  const { config, log } = options;
  const app = createServer({ ...composed, config, log, ...(timeouts && { timeouts }) });
  composed.startLooks();
  return {
    ...composed,
    app,
    async close(): Promise<void> {
      await app.close();
      await composed.close();
    },
  };
}

export type OpenServer = Awaited<ReturnType<typeof openServer>>;
