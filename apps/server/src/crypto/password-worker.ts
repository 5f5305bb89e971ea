import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

import { hashSync, verifySync } from '@node-rs/argon2';

import { PASSWORD_COST } from './password-hash.ts';

/** Without a hash, one is made. */
export type PasswordTask = { password: string; hash: string | null };
export type PasswordAnswer = { hash: string; matches: boolean };

// On Linux each thread has its own niceness; elsewhere this would slow down the whole server.
if (process.platform === 'linux') setPriority(0, 19);

parentPort?.on('message', (task: PasswordTask) => parentPort?.postMessage(answer(task)));

function answer({ password, hash }: PasswordTask): PasswordAnswer {
  if (hash === null) return { hash: hashSync(password, PASSWORD_COST), matches: true };
  return { hash, matches: verifySync(hash, password) };
}
