import type { AnyRouter } from '@trpc/server';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import type { Config } from './config/index.ts';
import { CHALLENGE_LIFETIME_MS } from './factors/index.ts';
import { createHttp, registerHealth, registerPages, type Timeouts } from './http/index.ts';
import { registerForwardAuth, type Visits } from './forward-auth/index.ts';
import { registerMetrics, type Metrics } from './metrics/index.ts';
import type { Identify } from './identity/index.ts';
import { PAGES } from './installed-files.ts';
import { registerOAuth, type Engine } from './oauth/index.ts';
import { registerOpenApi } from './openapi/index.ts';
import { createContextOpener, describeGuards, registerRest, registerTrpc, type Rpc } from './rpc/index.ts';
import { SESSION_LIFETIME_MS } from './sessions/index.ts';
import { PENDING_LIFETIME_MS } from './sign-in/index.ts';
import type { SettingsService } from './settings/index.ts';
import { registerSigningKeyRoutes, type SigningKeys } from './signing-keys/index.ts';
import type { Storage } from './storage/index.ts';

export type ServerNeeds = {
  config: Config;
  log: Logger;
  storage: Storage;
  signingKeys: SigningKeys;
  identify: Identify;
  engine: Engine;
  metrics: Metrics;
  rpc: Rpc;
  visits: Visits;
  services: { settings: SettingsService };
  router: AnyRouter;
  timeouts?: Partial<Timeouts>;
};

/** The HTTP server with everything that it answers. Throws when a procedure has no guard: such a server must not start. */
export function createServer(needs: ServerNeeds): FastifyInstance {
  const { config, log, storage, signingKeys, identify, engine, rpc, visits, router, timeouts } = needs;
  const { publicUrl } = config;
  const { settings } = needs.services;
  describeGuards(router);
  const app = createHttp({ config, log, ...(timeouts && { timeouts }) });
  const createContext = createContextOpener(identify, {
    session: SESSION_LIFETIME_MS,
    signIn: PENDING_LIFETIME_MS,
    passkey: CHALLENGE_LIFETIME_MS,
  });
  registerMetrics(app, { metrics: needs.metrics, rpc, createContext });
  registerHealth(app, () => storage.check());
  registerSigningKeyRoutes(app, signingKeys);
  registerOAuth(app, { engine, createContext, issuer: publicUrl });
  registerForwardAuth(app, { rpc, identify, createContext, settings, visits, publicUrl });
  registerTrpc(app, { router, createContext, maxBatchSize: 10 });
  registerRest(app, { router, createContext });
  registerOpenApi(app, router, publicUrl);
  registerPages(app, PAGES);
  return app;
}
