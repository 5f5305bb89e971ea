import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { OperatorError } from '../problems/index.ts';
import { passReportsOn } from './reports.ts';

/** One that ends again and again is not to keep a core busy. */
const REPLACE_AFTER_MS = 1_000;

export type ProcessesNeeds = {
  /** The file that each of them runs. */
  program: string;
  count: number;
  /** Their environment beside this process's own. */
  env: Record<string, string>;
  log: Logger;
};

export type Processes = {
  /** Whether all of them listen: not when `stop` came first. Throws an `OperatorError` when one of them ended before: it has said why. */
  readonly started: Promise<boolean>;
  /** Kept when all have ended after a `stop`. */
  readonly ended: Promise<void>;
  /** Ends them, each when it has answered what it was asked. */
  stop(): void;
};

/** Starts processes that share the port. From then on another one takes the place of each that ends unasked. */
export function startProcesses({ program, count, env, log }: ProcessesNeeds): Processes {
  const running = new Set<Worker>();
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  cluster.setupPrimary({ exec: program, args: [] });
  passReportsOn();

  function stop(): void {
    stopping = true;
    for (const worker of running) worker.process.kill('SIGTERM');
    settle();
  }

  function settle(): void {
    if (stopping && running.size === 0) ended.resolve();
  }

  /** Kept when it listens; broken when it ends before. */
  function startOne(onEnd: (worker: Worker) => void): Promise<void> {
    const worker = cluster.fork(env);
    const listens = Promise.withResolvers<void>();
    const end = () => {
      if (!running.delete(worker)) return;
      listens.reject(new OperatorError('one of its processes ended before it listened.'));
      settle();
      if (!stopping) onEnd(worker);
    };
    running.add(worker);
    worker.once('listening', () => listens.resolve());
    worker.once('exit', end);
    worker.on('error', (error) => {
      log.error({ err: error, process: worker.process.pid }, 'a process failed');
      // There was no memory for it, or no room: it has no `exit`.
      if (worker.process.pid === undefined) end();
    });
    return listens.promise;
  }

  async function replace({ process: { pid, exitCode, signalCode } }: Worker): Promise<void> {
    log.error({ process: pid, exitCode, signalCode }, 'a process ended; another one takes its place');
    await sleep(REPLACE_AFTER_MS);
    if (!stopping) await startOne(replaceLater).catch(() => undefined);
  }

  function replaceLater(worker: Worker): void {
    void replace(worker);
  }

  async function start(): Promise<boolean> {
    try {
      // One first, so that what keeps all of them from starting is said once.
      await startOne(replaceLater);
      await Promise.all(Array.from({ length: count - 1 }, () => startOne(replaceLater)));
      return !stopping;
    } catch (error) {
      if (stopping) return false;
      stop();
      throw error;
    }
  }

  return { started: start(), ended: ended.promise, stop };
}
