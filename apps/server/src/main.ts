import cluster from 'node:cluster';
import { createServer as createNetServer, type AddressInfo } from 'node:net';

import type { Logger } from 'pino';

import { compose, openServer, type Composed } from './compose.ts';
import { ConfigError, onPort, readConfig, type Config } from './config/index.ts';
import { createLog } from './http/index.ts';
import { OperatorError, Problem } from './problems/index.ts';
import { startProcesses } from './processes/index.ts';
import { storageProblemOf } from './storage/index.ts';

/** Port 0 asks for a free one. Which one must be known before anything is built, since the token issuer names it. */
async function withPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const probe = createNetServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, config.host, resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return onPort(config, port);
}

/** Who may come in when nobody is there yet: the environment's first admin, else whoever opens the set-up link. */
async function openDoor({ services: { signIn } }: Composed, { firstAdmin }: Config): Promise<string | null> {
  if (!(await signIn.needsSetup())) return null;
  if (firstAdmin === null) return signIn.issueSetupLink();
  await signIn.createFirstAdmin(firstAdmin.email, firstAdmin.password);
  return null;
}

/** The two lines for a person; everything else on standard output is JSON. */
function welcome({ publicUrl }: Config, setupLink: string | null): void {
  process.stdout.write(`Latchkey is at ${publicUrl}\n`);
  if (setupLink !== null) process.stdout.write(`Finish setup: ${setupLink}\n`);
}

/** A second signal, of either kind, ends the process at once. Not one of several, which gets the primary's beside its own. */
function onSignal(stop: (signal: string) => void): void {
  const names = ['SIGTERM', 'SIGINT'] as const;
  let stopping = false;
  const hear = (name: string) => {
    if (!cluster.isWorker) for (const each of names) process.off(each, hear);
    if (!stopping) stop(name);
    stopping = true;
  };
  for (const name of names) process.on(name, hear);
}

async function start(): Promise<void> {
  const config = await withPort(readConfig(process.env));
  const log = createLog(config.logLevel);
  await (config.workers > 1 && cluster.isPrimary ? startSeveral(config, log) : startOne(config, log));
}

async function startOne(config: Config, log: Logger): Promise<void> {
  const server = await openServer({ config: cluster.isWorker ? onMadeDatabase(config) : config, log });
  // Of several, the primary did that before.
  const setupLink = cluster.isPrimary ? await openDoor(server, config) : null;
  await server.app.listen({ host: config.host, port: config.port });
  if (cluster.isPrimary) welcome(config, setupLink);
  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    await server.close();
    cluster.worker?.disconnect();
  };
  onSignal((signal) => void stop(signal));
}

/** The primary made it: were it gone when a process is replaced, that one would begin an empty one, which lets in whoever comes first. */
function onMadeDatabase(config: Config): Config {
  const { database } = config;
  return database.kind === 'sqlite' ? { ...config, database: { ...database, mustExist: true } } : config;
}

/** The primary makes what is made once, such as tables and keys, and then only keeps the others running. */
async function startSeveral(config: Config, log: Logger): Promise<void> {
  const composed = await compose({ config, log });
  const setupLink = await openDoor(composed, config);
  await composed.close();
  const env = { PORT: String(config.port) };
  const processes = startProcesses({ program: import.meta.filename, count: config.workers, env, log });
  onSignal(() => processes.stop());
  if (await processes.started) welcome(config, setupLink);
  await processes.ended;
}

/** What the operator can mend, in one line; null for anything else, which is a bug and shows where. */
function explain(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof Problem || error instanceof OperatorError) return error.message;
  if (!(error instanceof Error)) return null;
  if (storageProblemOf(error)) return `the database can't be opened: ${error.message}.`;
  return 'code' in error && ['EADDRINUSE', 'EACCES'].includes(String(error.code)) ? error.message : null;
}

await start().catch((error: unknown) => {
  const explanation = explain(error);
  if (explanation === null) throw error;
  process.stderr.write(`Latchkey can't start: ${explanation}\n`);
  // Threads and connections that were opened before the failure would keep the process.
  process.exit(1);
});
