import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROOT = join(import.meta.dirname, '../..');
/** Servers on the first core, whoever measures them on the second. */
export const SERVER_CORE = '0';
export const LOAD_CORE = '1';
export const BOTH_CORES = '0,1';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 2;
/** Linux counts a process's time in these, whatever the kernel's own clock. */
const TICK_MICROSECONDS = 10_000;

export type Command = { command: string; args(port: number): string[]; env?: Record<string, string>; cwd?: string };

export type RunningProgram = {
  port: number;
  pid: number;
  /** From the start of the process to its first 200. */
  startMs: number;
  stop(): Promise<void>;
};

/** Starts a server on one core, and waits for its first 200. Its output goes to a file, as it would with an operator. */
export async function startProgram(
  { command, args, env = {}, cwd = ROOT }: Command,
  { readyPath, cores = SERVER_CORE, logFile }: { readyPath: string; cores?: string; logFile: string },
): Promise<RunningProgram> {
  const port = await freePort();
  const log = openSync(logFile, 'w');
  const startedMs = performance.now();
  const child = spawn('taskset', ['-c', cores, command, ...args(port)], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  });
  const exited = once(child, 'exit');
  const endWithMe = () => child.kill('SIGKILL');
  process.once('exit', endWithMe);
  if (child.pid === undefined) throw new Error(`${command} could not be started; it needs taskset.`);
  while (!(await answers200(port, readyPath))) {
    if (child.exitCode !== null || performance.now() - startedMs > START_TIMEOUT_MS) {
      throw new Error(
        `${[command, ...args(port)].join(' ')} never answered:\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
      );
    }
    await sleep(POLL_MS);
  }
  return {
    port,
    pid: child.pid,
    startMs: performance.now() - startedMs,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(late);
      process.off('exit', endWithMe);
    },
  };
}

function answers200(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** User and system time of a process, all its threads and its child processes so far. */
export function cpuMicroseconds(pid: number): number {
  return sum(withChildren(pid).map(ownCpuMicroseconds));
}

/** Of a process and its child processes. */
export function residentMegabytes(pid: number): number {
  return Math.round(sum(withChildren(pid).map(ownResidentKilobytes)) / 1024);
}

function withChildren(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [pid] : [pid, ...children.split(' ').map(Number)];
}

function ownCpuMicroseconds(pid: number): number {
  // The name, in brackets, may hold spaces. After it, utime and stime are the 12th and 13th: proc(5).
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

function ownResidentKilobytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

export function requireMachine(): void {
  if (process.platform !== 'linux') throw new Error('The bench reads /proc and pins processes: it needs Linux.');
  if (availableParallelism() < 2) throw new Error('The bench needs two cores: one for the server, one for the load.');
}
