import type { Storage } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';

const SWEEP_EVERY_MS = 10 * SECOND_MS;
const SWEPT_AT_ONCE = 2_000;

/** Removes what is forgotten by now, at most once in ten seconds: to be asked before each count. */
export function createSweep(storage: Storage, clock: Clock): () => Promise<void> {
  let sweptAtMs = -Infinity;
  return async () => {
    if (clock() - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = clock();
    await storage.transact((tx) => rows.removeEnded(tx, clock(), SWEPT_AT_ONCE));
  };
}
