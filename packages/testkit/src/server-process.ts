import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Built before all tests. */
const MAIN = fileURLToPath(new URL('../../../apps/server/dist/main.js', import.meta.url));
/** As `pnpm start` does, which gives it the memory for many callers as well. */
const LOADING = new URL('../../../apps/server/loading.js', import.meta.url).href;
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 10;

/** The real server, as its own process. */
export type ServerProcess = {
  /** Its public address, as it printed it. */
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Where mail goes that has no SMTP server: one `.eml` file a message. */
  readonly outboxDir: string;
  /** The link that makes the first admin, as soon as it's printed. */
  setupLink(): Promise<string>;
  /** Everything printed so far. */
  log(): string;
  /** Ends the process and waits until it's gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

export type ServerProcessOptions = {
  dataDir: string;
  /** Configuration beside the port, the address and the data folder. */
  env?: Record<string, string>;
};

/** Starts the server on a free port of this machine, and waits until it's ready. */
export async function startServerProcess({ dataDir, env = {} }: ServerProcessOptions): Promise<ServerProcess> {
  const inherited = { PATH: process.env['PATH'], TZ: 'UTC' };
  const child = spawn(process.execPath, ['--import', LOADING, MAIN], {
    env: { ...inherited, HOST: '127.0.0.1', PORT: '0', LATCHKEY_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const endWithMe = () => child.kill('SIGKILL');
  process.once('exit', endWithMe);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));

  async function printed(pattern: RegExp): Promise<string> {
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadlineMs && child.exitCode === null) {
      const found = pattern.exec(log)?.[0];
      if (found !== undefined) return found;
      await sleep(POLL_MS);
    }
    throw new Error(`The server never printed ${pattern}:\n${log}`);
  }

  const url = await printed(/(?<=^Latchkey is at )\S+(?=\n)/m);
  await answers(`${url}/readyz`);
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    outboxDir: join(dataDir, 'outbox'),
    setupLink: () => printed(/(?<=^Finish setup: )\S+(?=\n)/m),
    log: () => log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
      process.off('exit', endWithMe);
    },
  };
}

async function answers(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
}
