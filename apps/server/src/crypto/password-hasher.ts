import { availableParallelism } from 'node:os';

import { PASSWORD_WORKER } from '../installed-files.ts';
import { refuseCommon, type Choice } from './common-passwords.ts';
import { needsRehash, unmatchableHash } from './password-hash.ts';
import type { PasswordAnswer, PasswordTask } from './password-worker.ts';
import { WorkerPool, type PoolSize } from './worker-pool.ts';

const QUEUE_LIMIT = 64;

/** Two hashes that share one core take each other's memory out of its cache, and each costs a fifth more. */
function usualThreads(processes: number): number {
  return Math.max(1, Math.min(2, Math.floor(availableParallelism() / processes)));
}

/** Hashes at argon2id in low-priority threads. When too many wait, calls fail as `overloaded`. */
export type PasswordHasher = {
  /** The hash, as PHC text, of a password that somebody chose. Refuses what attackers try first. */
  hashChosen(password: string, choice: Choice): Promise<string>;
  /** PHC text of a new hash, for a password that is somebody's already. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the hash's. Each call costs one real verification, also with `null` for whoever has no password or
   * doesn't exist, so that time doesn't tell who does.
   */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Whether the hash was made at another cost than today's, and should be made anew from the password that just matched. */
  needsRehash(hash: string): boolean;
  /** How many verifications were really worked through. */
  readonly verifications: number;
  close(): Promise<void>;
};

/** `processes`: how many share the machine, this one included. */
export function createPasswordHasher({
  processes = 1,
  ...size
}: Partial<PoolSize> & { processes?: number } = {}): PasswordHasher {
  const usual = { workers: usualThreads(processes), queueLimit: QUEUE_LIMIT };
  const pool = new WorkerPool<PasswordTask, PasswordAnswer>(PASSWORD_WORKER, { ...usual, ...size });
  const nobodys = unmatchableHash();
  let verifications = 0;
  const newHash = async (password: string) => (await pool.run({ password, hash: null })).hash;
  return {
    async hashChosen(password, choice) {
      await refuseCommon(password, choice);
      return newHash(password);
    },
    hash: newHash,
    async verify(hash, password) {
      const { matches } = await pool.run({ password, hash: hash ?? nobodys });
      verifications += 1;
      return matches;
    },
    needsRehash,
    get verifications() {
      return verifications;
    },
    close: () => pool.close(),
  };
}
