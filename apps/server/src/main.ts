import { createServer as createNetServer, type AddressInfo } from 'node:net';

import { openServer, type OpenServer } from './compose.ts';
import { ConfigError, onPort, readConfig, type Config } from './config/index.ts';
import { createLog } from './http/index.ts';
import { Problem } from './problems/index.ts';
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
async function openDoor({ services: { signIn } }: OpenServer, { firstAdmin }: Config): Promise<string | null> {
  if (!(await signIn.needsSetup())) return null;
  if (firstAdmin === null) return signIn.issueSetupLink();
  await signIn.createFirstAdmin(firstAdmin.email, firstAdmin.password);
  return null;
}

async function start(): Promise<void> {
  const config = await withPort(readConfig(process.env));
  const log = createLog(config.logLevel);
  const server = await openServer({ config, log });
  const setupLink = await openDoor(server, config);
  await server.app.listen({ host: config.host, port: config.port });

  // The two lines for a person; everything else on standard output is JSON.
  process.stdout.write(`Latchkey is at ${config.publicUrl}\n`);
  if (setupLink !== null) process.stdout.write(`Finish setup: ${setupLink}\n`);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    await server.close();
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
}

/** What the operator can mend, in one line; null for anything else, which is a bug and shows where. */
function explain(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof Problem) return error.message;
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
