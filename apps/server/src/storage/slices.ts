import { setImmediate as turn } from 'node:timers/promises';

import type { Storage, Tx } from './storage.ts';

/** So many take some 5 ms. */
const WRITTEN_AT_ONCE = 1024;

/** Writes many rows that needn't go together, some in each transaction, and lets others have their turn between. */
export async function writeInSlices<Row>(
  storage: Pick<Storage, 'transact'>,
  rows: readonly Row[],
  { idOf, write }: { idOf: (row: Row) => string; write: (tx: Tx, some: readonly Row[]) => Promise<void> },
): Promise<void> {
  // In one order everywhere, so that two instances can't wait for each other's rows.
  const inOrder = rows.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  for (let at = 0; at < inOrder.length; at += WRITTEN_AT_ONCE) {
    await storage.transact((tx) => write(tx, inOrder.slice(at, at + WRITTEN_AT_ONCE)));
    await turn();
  }
}
