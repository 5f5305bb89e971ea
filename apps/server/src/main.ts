import cluster from 'node:cluster';

import type { Logger } from 'pino';

import { compose, openServer, type Composed } from './compose.ts';
import { ConfigError, readConfig, refuseAddress, withAddress, type Config } from './config/index.ts';
import { createLog } from './http/index.ts';
import { OperatorError, Problem } from './problems/index.ts';
import { startProcesses } from './processes/index.ts';

/** Who may come in when nobody is there yet: the environment's first admin, else whoever opens the set-up link. */
async function openDoor({ services: { signIn } }: Composed, { firstAdmin }: Config): Promise<string | null> {
  if (!(await signIn.needsSetup())) return null;
  if (firstAdmin === null) return signIn.issueSetupLink();
  await signIn.createFirstAdmin(firstAdmin.email, firstAdmin.password).catch(refuseAdmin);
  return null;
}

function refuseAdmin(error: unknown): never {
  if (!(error instanceof Problem && error.code === 'password_common')) throw error;
  const must = 'must be harder to guess: attackers try this one first, or others know it of the admin.';
  throw new ConfigError([{ variable: 'LATCHKEY_ADMIN_PASSWORD', must }]);
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
  const given = readConfig(process.env);
  // Of several, the primary did that before.
  const config = cluster.isPrimary ? await withAddress(given) : given;
  const log = createLog(config.logLevel);
  await (config.workers > 1 && cluster.isPrimary ? startSeveral(config, log) : startOne(config, log));
}

async function startOne(config: Config, log: Logger): Promise<void> {
  const server = await openServer({ config: cluster.isWorker ? onMadeDatabase(config) : config, log });
  // Of several, the primary did that before.
  const setupLink = cluster.isPrimary ? await openDoor(server, config) : null;
  await server.app.listen({ host: config.host, port: config.port }).catch(refuseAddress);
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

await start().catch((error: unknown) => {
  // Anything that the operator can't mend is a bug, and shows where.
  if (!(error instanceof ConfigError || error instanceof Problem || error instanceof OperatorError)) throw error;
  process.stderr.write(`Latchkey can't start: ${error.message}\n`);
  // Threads and connections that were opened before the failure would keep the process.
  process.exit(1);
});
