import cluster, { type Worker } from 'node:cluster';

import type { Logger } from 'pino';

import { passReportsOn } from './reports.ts';

export type ProcessesNeeds = {
  /** The file that each of them runs. */
  program: string;
  count: number;
  /** Their environment beside this process's own. */
  env: Record<string, string>;
  log: Logger;
};

/** It has said why. */
export class ProcessEnded extends Error {}

export type Processes = {
  /** Settled when all have ended: kept when `stop` was called, broken when one that had ended could not be replaced. */
  readonly ended: Promise<void>;
  /** Ends them, each when it has answered what it was asked. */
  stop(): void;
};

/**
 * Starts processes that share the port, and one more whenever one ends unasked. Kept when all of them listen. Throws `ProcessEnded`
 * when one ends before it does.
 */
export async function startProcesses({ program, count, env, log }: ProcessesNeeds): Promise<Processes> {
  const running = new Set<Worker>();
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  let failure: unknown = null;
  cluster.setupPrimary({ exec: program, args: [] });
  passReportsOn();

  function stop(): void {
    stopping = true;
    for (const worker of running) worker.process.kill('SIGTERM');
    settle();
  }

  function settle(): void {
    if (!stopping || running.size > 0) return;
    if (failure === null) ended.resolve();
    else ended.reject(failure);
  }

  function replace(one: object): void {
    log.error(one, 'a process ended; another one takes its place');
    startOne().catch((error: unknown) => {
      if (stopping) return;
      failure = error;
      stop();
    });
  }

  function startOne(): Promise<void> {
    const worker = cluster.fork(env);
    const isListening = Promise.withResolvers<void>();
    let listened = false;
    running.add(worker);
    worker.once('listening', () => {
      listened = true;
      isListening.resolve();
    });
    worker.once('exit', (code, signal) => {
      running.delete(worker);
      isListening.reject(new ProcessEnded('one of its processes ended before it listened.'));
      if (listened && !stopping) replace({ process: worker.process.pid, code, signal });
      settle();
    });
    return isListening.promise;
  }

  try {
    // One first, so that what keeps all of them from starting is said once.
    await startOne();
    await Promise.all(Array.from({ length: count - 1 }, startOne));
  } catch (error) {
    stop();
    throw error;
  }
  return { ended: ended.promise, stop };
}
