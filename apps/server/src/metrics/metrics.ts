import { performance } from 'node:perf_hooks';

import type { ProblemCode } from '@latchkey/schemas';

import type { Family, Sample } from './exposition.ts';

/** In seconds. What is slower than the last is in no bucket but `+Inf`. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type MetricsNeeds = {
  /** How many passwords were really verified. */
  passwords: { readonly verifications: number };
  database: 'sqlite' | 'postgres';
};

/**
 * What this process did since it started. Counted in plain maps, since it is on every request's path; what the labels can be is
 * written in the program (routes, procedures, problem codes), so that no caller makes more of them.
 */
export function createMetrics({ passwords, database }: MetricsNeeds) {
  const answers = new Counts();
  const calls = new Counts();
  const inBucket = BOUNDS.map(() => 0);
  let seconds = 0;
  let answered = 0;

  function answer(method: string, route: string, status: number, ms: number): void {
    answers.add(route, method, String(status));
    answered += 1;
    seconds += ms / 1000;
    const bucket = BOUNDS.findIndex((bound) => ms <= bound * 1000);
    if (bucket !== -1) inBucket[bucket] = (inBucket[bucket] ?? 0) + 1;
  }

  function durations(): Sample[] {
    let upTo = 0;
    const buckets = BOUNDS.map((bound, index): Sample => {
      upTo += inBucket[index] ?? 0;
      return { suffix: '_bucket', labels: { le: String(bound) }, value: upTo };
    });
    return [
      ...buckets,
      { suffix: '_bucket', labels: { le: '+Inf' }, value: answered },
      { suffix: '_sum', value: seconds },
      { suffix: '_count', value: answered },
    ];
  }

  return {
    answer,

    /** `problem`: how it ended; null when it went well. */
    call(procedure: string, problem: ProblemCode | null): void {
      calls.add(procedure, problem ?? 'ok');
    },

    families(): Family[] {
      return [
        {
          name: 'latchkey_http_requests_total',
          help: 'Answered requests.',
          type: 'counter',
          samples: answers.samples(['route', 'method', 'status']),
        },
        {
          name: 'latchkey_http_request_duration_seconds',
          help: 'From the request to the end of its answer.',
          type: 'histogram',
          samples: durations(),
        },
        {
          name: 'latchkey_calls_total',
          help: 'Calls of procedures, over tRPC and REST, and how they ended: ok, or the code of a problem.',
          type: 'counter',
          samples: calls.samples(['procedure', 'outcome']),
        },
        {
          name: 'latchkey_password_verifications_total',
          help: 'Passwords that were verified at full cost.',
          type: 'counter',
          samples: [{ value: passwords.verifications }],
        },
        {
          name: 'latchkey_info',
          help: 'What runs here.',
          type: 'gauge',
          among: 'least',
          samples: [{ labels: { node: process.version, database }, value: 1 }],
        },
        ...processFamilies(),
      ];
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time of all threads.',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory.',
      type: 'gauge',
      samples: [{ value: rss }],
    },
    {
      name: 'process_start_time_seconds',
      help: 'When the process started, since 1970.',
      type: 'gauge',
      among: 'least',
      samples: [{ value: performance.timeOrigin / 1000 }],
    },
    {
      name: 'nodejs_heap_size_used_bytes',
      help: 'Memory of JavaScript objects.',
      type: 'gauge',
      samples: [{ value: heapUsed }],
    },
    {
      name: 'nodejs_eventloop_active_seconds_total',
      help: 'How long the event loop was at work. At a second each second, calls queue.',
      type: 'counter',
      samples: [{ value: active / 1000 }],
    },
  ];
}

/** Counts by several labels: a map of maps. */
class Counts {
  readonly #below = new Map<string, Counts>();
  #count = 0;

  add(...labels: readonly string[]): void {
    this.#add(labels, 0);
  }

  #add(labels: readonly string[], at: number): void {
    const label = labels[at];
    if (label === undefined) {
      this.#count += 1;
      return;
    }
    let below = this.#below.get(label);
    if (!below) this.#below.set(label, (below = new Counts()));
    below.#add(labels, at + 1);
  }

  samples([name, ...names]: readonly string[], labels: Readonly<Record<string, string>> = {}): Sample[] {
    if (name === undefined) return [{ labels, value: this.#count }];
    return [...this.#below].flatMap(([value, below]) => below.samples(names, { ...labels, [name]: value }));
  }
}
