import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { LoadJob, LoadResult } from './load-job.ts';
import { LOAD_CORE } from './program.ts';

type Answer = { number: number; result?: LoadResult; failure?: string };

export type Generator = { run(job: LoadJob): Promise<LoadResult>; close(): void };

/** The load generator on its core. Jobs that are given together run together. */
export function startGenerator(): Generator {
  const child = spawn('taskset', ['-c', LOAD_CORE, process.execPath, join(import.meta.dirname, 'load.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => waiting.get(answer.number)?.(answer));
  let given = 0;
  return {
    run(job) {
      const number = (given += 1);
      return new Promise((resolve, reject) => {
        waiting.set(number, ({ result, failure }) => {
          waiting.delete(number);
          if (result) resolve(result);
          else reject(new Error(failure));
        });
        child.send({ number, job });
      });
    },
    close: () => void child.kill(),
  };
}
