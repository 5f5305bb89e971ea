import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Generator } from './generator.ts';
import type { LoadJob, LoadResult } from './load-job.ts';
import { residentMegabytes, SERVER_CORE, startProgram, type RunningProgram } from './program.ts';
import type { RawWork } from './raw-work.ts';
import type { Row, Subject } from './subjects.ts';

export const LONGEST_WARM_UP_MS = 20_000;
const IDLE_AFTER_MS = 1_500;

/** One run of one row. */
export type Run = {
  subject: string;
  row: string;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuMicroseconds: number;
  residentMegabytes: number;
};

export type Start = { subject: string; startMs: number; idleMegabytes: number };

export type Bench = {
  generator: Generator;
  seconds: number;
  runs: Run[];
  starts: Start[];
  wrong: string[];
  logFile: string;
};

/** Starts the program, hands it over, and ends it. */
export async function withProgram<Result>(
  bench: Bench,
  subject: Subject,
  work: (running: RunningProgram) => Promise<Result>,
  cores: string = SERVER_CORE,
): Promise<Result> {
  const { command, readyPath, name } = subject;
  const running = await startProgram(command, { readyPath, cores, logFile: bench.logFile });
  try {
    await new Promise((resolve) => {
      setTimeout(resolve, IDLE_AFTER_MS);
    });
    bench.starts.push({ subject: name, startMs: running.startMs, idleMegabytes: residentMegabytes(running.pid) });
    return await work(running);
  } finally {
    await running.stop();
  }
}

export async function runRow(bench: Bench, subject: Subject, row: Row, running: RunningProgram): Promise<void> {
  const job = await jobOf(bench, row, running);
  keep(bench, subject.name, row.kind, await bench.generator.run(job));
}

export async function jobOf({ seconds }: Bench, row: Row, running: RunningProgram): Promise<LoadJob> {
  return {
    port: running.port,
    pid: running.pid,
    connections: row.connections,
    longestWarmUpMs: LONGEST_WARM_UP_MS,
    measureMs: seconds * 1000,
    requests: await row.requests(running, seconds + LONGEST_WARM_UP_MS / 1000),
  };
}

export function keep({ runs, wrong }: Bench, subject: string, row: string, result: LoadResult): void {
  for (const each of result.wrong) wrong.push(`${subject}, ${row}: ${each}`);
  runs.push({
    subject,
    row,
    perSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicroseconds: result.cpuMicroseconds / result.requests,
    residentMegabytes: result.residentMegabytes,
  });
}

/** The work alone, on the server's core, without any server. */
export function runRaw(bench: Bench, kind: 'argon2id' | 'es256'): void {
  const script = join(import.meta.dirname, 'raw-work.ts');
  const args = ['-c', SERVER_CORE, process.execPath, script, kind, '1', String(bench.seconds)];
  const { perSecond, microseconds } = JSON.parse(execFileSync('taskset', args, { encoding: 'utf8' })) as RawWork;
  bench.runs.push({
    subject: `${kind} alone`,
    row: 'raw',
    perSecond,
    p50Ms: microseconds / 1000,
    p99Ms: microseconds / 1000,
    cpuMicroseconds: microseconds,
    residentMegabytes: 0,
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
