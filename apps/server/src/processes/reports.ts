import cluster, { type Worker } from 'node:cluster';

/*
 * What each of the server's processes knows alone, such as what it counted, told by whichever is asked: a process asks the primary
 * for the reports of all, and the primary asks each for its own.
 */

type ToPrimary = { kind: 'ask'; number: number } | { kind: 'told'; number: number; report: unknown };
type ToProcess<Report> = { kind: 'tell'; number: number } | { kind: 'all'; number: number; reports: Report[] };

/** Returns what asks all processes for their reports. Where there is one process, it is that one's. */
export function shareReports<Report>(own: () => Report): () => Promise<Report[]> {
  if (!cluster.isWorker) return async () => [own()];
  const waiting = new Map<number, (reports: Report[]) => void>();
  const send = (message: ToPrimary) => void process.send?.(message);
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
  return () =>
    new Promise((resolve) => {
      asked += 1;
      waiting.set(asked, resolve);
      send({ kind: 'ask', number: asked });
    });
}

type Gathering = { missing: Set<Worker>; reports: unknown[]; done(reports: unknown[]): void };

/** The primary's part of it. */
export function passReportsOn(): void {
  const listening = new Set<Worker>();
  const gatherings = new Map<number, Gathering>();
  let gathered = 0;
  const send = (worker: Worker, message: ToProcess<unknown>) => void worker.send(message);

  function gather(done: Gathering['done']): void {
    gathered += 1;
    gatherings.set(gathered, { missing: new Set(listening), reports: [], done });
    for (const worker of listening) send(worker, { kind: 'tell', number: gathered });
  }

  /** One that ended is missed no longer. */
  function leave(worker: Worker, number: number, gathering: Gathering): void {
    gathering.missing.delete(worker);
    if (gathering.missing.size > 0) return;
    gatherings.delete(number);
    gathering.done(gathering.reports);
  }

  cluster.on('listening', (worker) => void listening.add(worker));
  cluster.on('exit', (worker) => {
    listening.delete(worker);
    for (const [number, gathering] of gatherings) leave(worker, number, gathering);
  });
  cluster.on('message', (worker, message: ToPrimary) => {
    if (message.kind === 'ask') {
      const { number } = message;
      gather((reports) => {
        if (worker.isConnected()) send(worker, { kind: 'all', number, reports });
      });
      return;
    }
    const gathering = gatherings.get(message.number);
    gathering?.reports.push(message.report);
    if (gathering) leave(worker, message.number, gathering);
  });
}
