import { join } from 'node:path';

import type { Logger } from 'pino';

import { createPeople, createServiceAccounts } from './accounts/index.ts';
import { createApiKeys } from './api-keys/index.ts';
import { createAudit } from './audit/index.ts';
import { loadSecrets, readConfig, type Config } from './config/index.ts';
import { createCookieSealer, createPasswordHasher, createSealer } from './crypto/index.ts';
import { createLog, type Timeouts } from './http/index.ts';
import { createIdentify, createLastUse, prepareStates } from './identity/index.ts';
import { createMail } from './mail/index.ts';
import { createRoles } from './permissions/index.ts';
import { createRateLimits } from './rate-limits/index.ts';
import { createRpc } from './rpc/index.ts';
import { createAppRouter, type Services } from './router.ts';
import { createServer } from './server.ts';
import { createSessions, SESSION_LIFETIME_MS } from './sessions/index.ts';
import { createSettings } from './settings/index.ts';
import { createGuessing, createSignIn } from './sign-in/index.ts';
import { createSigningKeys } from './signing-keys/index.ts';
import { openStorage, type Storage } from './storage/index.ts';
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

/** Builds everything that knows no HTTP, in the order in which one needs the other. */
export async function compose({ config, log, clock = systemClock, storage: given }: ComposeOptions) {
  const secrets = await loadSecrets(config);
  const storage = given ?? (await openStorage(config.database));
  const issuer = config.publicUrl;
  const sealer = createSealer(secrets);
  const passwords = createPasswordHasher();
  const cookies = createCookieSealer({ secrets, ttlMs: SESSION_LIFETIME_MS, clock });
  const onFailure = (error: unknown) => log.error({ err: error }, 'background work failed');

  const audit = createAudit({ storage, clock });
  const rateLimits = createRateLimits({ storage, clock });
  const settings = createSettings({ storage, audit });
  const mail = createMail({ ...config.mail, outboxDir: join(config.dataDir, 'outbox'), onFailure });
  const signingKeys = createSigningKeys({ storage, clock, sealer, audit });
  await signingKeys.ensure();
  const roles = createRoles({ storage, audit, clock });
  const sessions = createSessions({
    storage,
    audit,
    signingKeys,
    clock,
    issuer,
    refreshKey: sealer.deriveKey('refresh tokens'),
  });
  const accounts = { storage, audit, sessions, mail, passwords, clock, publicUrl: issuer };
  const people = createPeople(accounts);
  const serviceAccounts = createServiceAccounts(accounts);
  const tokens = createTokens({ storage, audit, signingKeys, clock, issuer });
  const lastUse = createLastUse({ storage, sessions, clock, onFailure });
  const recorder = createRecorder({ storage, clock, onFailure });
  const quotas = createQuotas({ storage, clock });
  const history = createHistory({ storage, clock });
  const markUsed = lastUse.apiKey;
  const apiKeys = createApiKeys({ storage, audit, rateLimits, quotas, recorder, history, markUsed, clock });
  const guessing = createGuessing({ rateLimits, audit, storage });
  const gate = { storage, audit, sessions, cookies, clock };
  const signIn = createSignIn({ ...gate, passwords, guessing, settings, publicUrl: issuer });

  const states = prepareStates(storage);
  const counters = { rateLimits, quotas, lastUse };
  const identify = createIdentify({ states, sessions, cookies, signingKeys, ...counters, clock, issuer });

  const services: Services = {
    publicUrl: issuer,
    settings,
    audit,
    roles,
    sessions,
    people,
    serviceAccounts,
    signIn,
    tokens,
    apiKeys,
  };
  const rpc = createRpc(clock, ({ problem, ...call }) => recorder.record({ ...call, outcome: outcomeOf(problem) }));
  return {
    storage,
    signingKeys,
    identify,
    lastUse,
    recorder,
    services,
    passwords,
    rpc,
    router: createAppRouter(rpc, services),
    async close(): Promise<void> {
      await lastUse.close();
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
