import cluster, { type Worker } from 'node:cluster';

import { Problem } from '../problems/index.ts';
import { SECOND_MS } from '../time/index.ts';

/*
 * What each of the server's processes knows alone, such as what it counted, told by whichever is asked: a process asks the primary
 * for the reports of all, and the primary asks each for its own.
 */

type ToPrimary = { kind: 'ask'; number: number } | { kind: 'told'; number: number; report: unknown };
type ToProcess<Report> = { kind: 'tell'; number: number } | { kind: 'all'; number: number; reports: Report[] };

/** How long a process may take to tell. Without it the sums would be less than they were. */
const TOLD_WITHIN_MS = 5 * SECOND_MS;

/** Returns what asks all processes for their reports; where there is one process, that is its own. Throws `overloaded`. */
export function shareReports<Report>(own: () => Report): () => Promise<Report[]> {
  if (!cluster.isWorker) return async () => [own()];
  const waiting = new Map<number, (reports: Report[]) => void>();
  const send = (message: ToPrimary) => void process.send?.(message, undefined, undefined, () => undefined);
  let asked = 0;
  process.on('message', (message: ToProcess<Report>) => {
    const { number } = message;
    if (message.kind === 'tell') {
      send({ kind: 'told', number, report: own() });
    } else {
      waiting.get(number)?.(message.reports);
      waiting.delete(number);
    }
  });
  return () => {
    const { promise, resolve, reject } = Promise.withResolvers<Report[]>();
    const number = (asked += 1);
    const late = setTimeout(() => {
      waiting.delete(number);
      reject(new Problem('overloaded', { retryAfterSeconds: TOLD_WITHIN_MS / SECOND_MS }));
    }, TOLD_WITHIN_MS);
    waiting.set(number, (reports) => {
      clearTimeout(late);
      resolve(reports);
    });
    send({ kind: 'ask', number });
    return promise;
  };
}

type Gathering = { missing: Set<Worker>; reports: unknown[]; done(reports: unknown[]): void };

/** The primary's part of it. */
export function passReportsOn(): void {
  const listening = new Set<Worker>();
  const gatherings = new Map<number, Gathering>();
  let gathered = 0;
  // To one that has just ended nothing can be sent. Its `exit` follows.
  const send = (worker: Worker, message: ToProcess<unknown>) => void worker.send(message, () => undefined);

  function gather(done: Gathering['done']): void {
    gathered += 1;
    gatherings.set(gathered, { missing: new Set(listening), reports: [], done });
    for (const worker of listening) send(worker, { kind: 'tell', number: gathered });
  }

  function leave(worker: Worker, number: number, gathering: Gathering): void {
    gathering.missing.delete(worker);
    if (gathering.missing.size > 0) return;
    gatherings.delete(number);
    gathering.done(gathering.reports);
  }

  /** One that ended is missed no longer. */
  function forget(worker: Worker): void {
    listening.delete(worker);
    for (const [number, gathering] of gatherings) leave(worker, number, gathering);
  }

  cluster.on('listening', (worker) => {
    // It is told late of one that ended at once.
    if (worker.isConnected()) listening.add(worker);
  });
  cluster.on('disconnect', forget);
  cluster.on('exit', forget);
  cluster.on('message', (worker, message: ToPrimary) => {
    if (message.kind === 'ask') {
      const { number } = message;
      gather((reports) => send(worker, { kind: 'all', number, reports }));
      return;
    }
    const gathering = gatherings.get(message.number);
    gathering?.reports.push(message.report);
    if (gathering) leave(worker, message.number, gathering);
  });
}
