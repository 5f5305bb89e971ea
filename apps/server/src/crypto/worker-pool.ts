import { Worker } from 'node:worker_threads';

import { Problem } from '../problems/index.ts';

type Job<Task, Answer> = { task: Task; resolve(answer: Answer): void; reject(problem: Problem): void };

const RETRY_AFTER_SECONDS = 2;

/** How much work may run at once, and how much may wait. */
export type PoolSize = { workers: number; queueLimit: number };

/**
 * Gives tasks to threads, one at a time each. A thread is started when it is first needed. What finds the queue full, or loses
 * its thread, fails as `overloaded`: the caller may try again.
 */
export class WorkerPool<Task, Answer> {
  readonly #entry: string;
  readonly #size: PoolSize;
  readonly #waiting: Job<Task, Answer>[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job<Task, Answer>>();
  #closed = false;

  constructor(entry: string, size: PoolSize) {
    this.#entry = entry;
    this.#size = size;
  }

  run(task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#next();
      if (this.#closed || this.#waiting.length > this.#size.queueLimit) this.#waiting.pop()?.reject(overloaded());
    });
  }

  /** Ends every thread. What hasn't finished fails. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(overloaded());
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#closed || this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? this.#start();
    const job = worker && this.#waiting.shift();
    if (!worker || !job) return;
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.task);
  }

  #start(): Worker | undefined {
    if (this.#busy.size >= this.#size.workers) return undefined;
    const worker = new Worker(this.#entry);
    worker.on('message', (answer: Answer) => this.#finish(worker, answer));
    worker.on('error', (cause) => this.#drop(worker, cause));
    worker.on('exit', () => this.#drop(worker, new Error('The worker ended.')));
    return worker;
  }

  #finish(worker: Worker, answer: Answer): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    this.#idle.push(worker);
    // An idle thread doesn't keep a finished command alive.
    worker.unref();
    job?.resolve(answer);
    this.#next();
  }

  #drop(worker: Worker, cause: unknown): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place !== -1) this.#idle.splice(place, 1);
    job?.reject(overloaded(cause));
    this.#next();
  }
}

function overloaded(cause?: unknown): Problem {
  return new Problem('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
