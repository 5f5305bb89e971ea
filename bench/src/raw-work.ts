import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { PASSWORD_COST } from '@latchkey/server/password-hash';
import { hashSync, verifySync } from '@node-rs/argon2';

/**
 * What the unavoidable work costs alone, on as many threads as asked for: `raw-work.ts argon2id|es256 THREADS SECONDS` prints
 * how often it was done in a second, and the CPU time of each.
 */

export type RawWork = { perSecond: number; microseconds: number };

/** Makes a function that does the work once. */
const WORK = {
  argon2id: () => {
    const hash = hashSync('a long password of everyone', PASSWORD_COST);
    return () => verifySync(hash, 'a long password of everyone');
  },
  es256: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // As long as an access token.
    const text = Buffer.alloc(500, 'x');
    const signature = sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return () => verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  },
} as const;

type Task = { kind: keyof typeof WORK; seconds: number };

function countDone({ kind, seconds }: Task): number {
  const once = WORK[kind]();
  const endMs = performance.now() + seconds * 1000;
  let done = 0;
  while (performance.now() < endMs) {
    if (!once()) throw new Error(`${kind} failed`);
    done += 1;
  }
  return done;
}

function inThread(task: Task): Promise<number> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: task }).once('message', resolve).once('error', reject);
  });
}

if (isMainThread) {
  const [kind, threads, seconds] = process.argv.slice(2);
  const task = { kind: kind as Task['kind'], seconds: Number(seconds) };
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const done = await Promise.all(Array.from({ length: Number(threads) }, () => inThread(task)));
  const { user, system } = process.cpuUsage(before);
  const total = done.reduce((sum, each) => sum + each, 0);
  const result: RawWork = {
    perSecond: total / ((performance.now() - startedMs) / 1000),
    microseconds: (user + system) / total,
  };
  console.log(JSON.stringify(result));
} else {
  parentPort?.postMessage(countDone(workerData as Task));
}
