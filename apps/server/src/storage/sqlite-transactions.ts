import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import type Database from 'better-sqlite3';

import { breaksSqliteConnection, isSqliteBusy, sqliteFault, unavailable } from './faults.ts';

/** How long a transaction waits for another process's. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 5;

/** So many share one commit. The first of them waits for the work of all. */
const SHARE_AT_MOST = 50;

/** What transactions run on, as it is when their turn comes. */
export type Writing<Context> = {
  writer: Database.Database;
  context: Context;
  beforeCommit(): void;
  /** When the connection isn't to be trusted any more. */
  abandon(): void;
};

type Job<Context> = {
  work(context: Context): Promise<unknown>;
  resolve(result: never): void;
  reject(error: unknown): void;
};

/** How one went; its caller learns it when it is on the disk. */
type Settle = () => void;

/**
 * Runs transactions one after the other, each all or nothing. Those that came in one turn of the event loop, or while others ran,
 * share a commit: the disk takes many times longer than their work.
 */
export function createTransactions<Context>(current: () => Writing<Context>) {
  let last: Promise<unknown> = Promise.resolve();
  let gathering: Job<Context>[] = [];

  /** One after the other, in the order of their calls. */
  function enqueue<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = last.then(step);
    last = result.catch(() => undefined); // the caller gets the failure; the next one only waits
    return result;
  }

  function gather(job: Job<Context>): void {
    if (gathering.length >= SHARE_AT_MOST) gathering = [];
    gathering.push(job);
    if (gathering.length > 1) return;
    const jobs = gathering;
    void enqueue(async () => {
      await turn();
      if (gathering === jobs) gathering = [];
      await runAll(jobs);
    });
  }

  async function runAll(jobs: readonly Job<Context>[]): Promise<void> {
    try {
      for (const settle of await commitTogether(current(), jobs)) settle();
    } catch (error) {
      for (const { reject } of jobs) reject(error);
    }
  }

  return {
    run<Result>(work: (context: Context) => Promise<Result>): Promise<Result> {
      return new Promise((resolve, reject) => {
        gather({ work: AsyncLocalStorage.bind(work), resolve, reject });
      });
    },
    /** After all that were given until now. */
    afterAll: enqueue,
  };
}

async function commitTogether<Context>(
  { writer, context, beforeCommit, abandon }: Writing<Context>,
  jobs: readonly Job<Context>[],
): Promise<Settle[]> {
  const settles: Settle[] = [];
  try {
    await begin(writer);
    for (const job of jobs) settles.push(await runOne(writer, context, job));
    beforeCommit();
    writer.exec('COMMIT');
    return settles;
  } catch (error) {
    if (!writer.open) throw unavailable(error); // the file was left while the transaction ran
    const isUndone = undo(writer);
    if (!isUndone || breaksSqliteConnection(error)) abandon();
    throw isUndone ? sqliteFault(error) : unavailable(error);
  }
}

function undo(writer: Database.Database): boolean {
  try {
    if (writer.inTransaction) writer.exec('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

/** All of its writes or none. Throws when those of the others are gone as well: of a full disk, SQLite undoes all by itself. */
async function runOne<Context>(
  writer: Database.Database,
  context: Context,
  { work, resolve, reject }: Job<Context>,
): Promise<Settle> {
  writer.exec('SAVEPOINT one');
  try {
    const result = (await work(context)) as never;
    if (!writer.inTransaction) throw new Error('SQLite undid the transaction');
    writer.exec('RELEASE one');
    return () => resolve(result);
  } catch (error) {
    // Not as it is: it may tell of what one of them did.
    if (!writer.open || !writer.inTransaction) throw unavailable(error);
    writer.exec('ROLLBACK TO one; RELEASE one');
    return () => reject(sqliteFault(error));
  }
}

/** IMMEDIATE: a transaction that reads first, then writes, would fail if another process wrote in between. */
async function begin(writer: Database.Database): Promise<void> {
  const deadlineMs = performance.now() + LOCK_WAIT_MS;
  while (!tryBegin(writer, performance.now() > deadlineMs)) await sleep(LOCK_RETRY_MS);
}

function tryBegin(writer: Database.Database, isLastTry: boolean): boolean {
  try {
    writer.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isLastTry || !isSqliteBusy(error)) throw error;
    return false;
  }
}
