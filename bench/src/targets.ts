import { growthMemory, growthOf } from './growth.ts';
import { median, type Run, type Start } from './measure.ts';

/** One goal of ours. `value` is null where it wasn't measured in this run. */
export type Verdict = {
  target: number;
  what: string;
  goal: string;
  value: number | null;
  /** The same from requests a second, where the value is from CPU time. */
  byRate: number | null;
  met: boolean | null;
};

export type Medians = { perSecond: number; cpuMicroseconds: number; p50Ms: number; p99Ms: number; megabytes: number };

/** Null where the row wasn't run. */
export function mediansOf(runs: readonly Run[], subject: string, row: string): Medians | null {
  const ours = runs.filter((run) => run.subject === subject && run.row === row);
  if (ours.length === 0) return null;
  const of = (value: (run: Run) => number) => median(ours.map(value));
  return {
    perSecond: of((run) => run.perSecond),
    cpuMicroseconds: of((run) => run.cpuMicroseconds),
    p50Ms: of((run) => run.p50Ms),
    p99Ms: of((run) => run.p99Ms),
    megabytes: of((run) => run.residentMegabytes),
  };
}

const US = 'Latchkey';
export const US_ON_TWO_CORES = 'Latchkey on two cores';
export const US_IN_TWO_PROCESSES = 'Latchkey in two processes';
export const BESIDE_SIGN_INS = 'jwt, 8 sign-ins in flight';

/** What `performance.md` asks, judged by CPU time for each request: the steadiest figure on a machine that others share. */
export function judge(
  { runs, starts }: { runs: readonly Run[]; starts: readonly Start[] },
  sizes: readonly number[],
): Verdict[] {
  const of = (subject: string, row: string) => mediansOf(runs, subject, row);
  const ours = (row: string) => of(US, row);
  const comparedTo = (target: number, row: string, peer: string, goal: number) =>
    atLeast(target, `${ROW_NAMES[row] ?? row} ÷ ${peer}`, goal, ratio(ours(row), of(peer, row)));
  return [
    comparedTo(1, 'open', 'node:http', 0.55),
    comparedTo(2, 'jwt', 'FastAPI', 2),
    comparedTo(2, 'jwt', 'Express', 3),
    atLeast(2, 'JWT seen before ÷ our unguarded query', 0.65, ratio(ours('jwt'), ours('open'))),
    atLeast(
      3,
      'JWT first seen ÷ (seen before + one ES256 verification)',
      0.9,
      firstSeen(ours('jwt-first'), ours('jwt'), of('es256 alone', 'raw')),
    ),
    comparedTo(4, 'key', 'FastAPI', 1.5),
    comparedTo(4, 'key', 'better-auth', 12),
    comparedTo(5, 'cookie', 'FastAPI', 2),
    comparedTo(5, 'cookie', 'better-auth', 12),
    atLeast(6, 'sign-in ÷ argon2id alone', 0.95, ratio(ours('sign-in'), of('argon2id alone', 'raw'))),
    atLeast(6, 'sign-in on two cores ÷ on one', 1.7, rateRatio(of(US_ON_TWO_CORES, 'sign-in'), ours('sign-in'))),
    atLeast(7, 'rate of other calls beside 8 sign-ins ÷ calm', 0.6, rateRatio(ours(BESIDE_SIGN_INS), ours('jwt'))),
    atMost(7, 'their p99 ÷ calm', 3, quotient(ours(BESIDE_SIGN_INS)?.p99Ms, ours('jwt')?.p99Ms)),
    comparedTo(8, 'token', 'oidc-provider in memory', 0.8),
    comparedTo(8, 'introspection', 'oidc-provider in memory', 2),
    atMost(
      9,
      'start to first 200, ms',
      450,
      medianOf(starts, (start) => start.startMs),
    ),
    atMost(
      9,
      'memory idle, MB',
      90,
      medianOf(starts, (start) => start.idleMegabytes),
    ),
    atMost(9, 'memory loaded, MB', 200, loadedMegabytes(runs)),
    ...growthVerdicts(runs, sizes),
    atLeast(
      11,
      'JWT in two processes on two cores ÷ in one',
      1.8,
      rateRatio(of(US_IN_TWO_PROCESSES, 'jwt'), ours('jwt')),
    ),
  ];
}

export const ROW_NAMES: Readonly<Record<string, string>> = {
  open: 'unguarded query',
  jwt: 'JWT seen before',
  'jwt-first': 'JWT first seen',
  key: 'API key',
  cookie: 'session cookie',
  'sign-in': 'sign-in',
  token: 'client credentials',
  introspection: 'introspection',
};

type Ratio = { byCpu: number; byRate: number } | null;

function ratio(one: Medians | null, other: Medians | null): Ratio {
  if (!one || !other) return null;
  return { byCpu: other.cpuMicroseconds / one.cpuMicroseconds, byRate: one.perSecond / other.perSecond };
}

/** Of two rates where the processes have different cores or company. */
function rateRatio(one: Medians | null, other: Medians | null): number | null {
  return quotient(one?.perSecond, other?.perSecond);
}

/** Against a server that does nothing more for the first time than for the next ones, but for the signature. */
function firstSeen(first: Medians | null, seen: Medians | null, signature: Medians | null): Ratio {
  if (!first || !seen || !signature) return null;
  const allowed = seen.cpuMicroseconds + signature.cpuMicroseconds;
  return { byCpu: allowed / first.cpuMicroseconds, byRate: (first.perSecond * allowed) / 1e6 };
}

function quotient(one: number | undefined, other: number | undefined): number | null {
  return one === undefined || other === undefined ? null : one / other;
}

function atLeast(target: number, what: string, goal: number, found: Ratio | number): Verdict {
  const value = typeof found === 'number' ? found : (found?.byCpu ?? null);
  const byRate = typeof found === 'number' ? null : (found?.byRate ?? null);
  return { target, what, goal: `≥ ${goal}`, value, byRate, met: value === null ? null : value >= goal };
}

function atMost(target: number, what: string, goal: number, value: number | null): Verdict {
  return { target, what, goal: `≤ ${goal}`, value, byRate: null, met: value === null ? null : value <= goal };
}

function medianOf(starts: readonly Start[], value: (start: Start) => number): number | null {
  const ours = starts.filter(({ subject }) => subject === US).map(value);
  return ours.length === 0 ? null : median(ours);
}

function loadedMegabytes(runs: readonly Run[]): number | null {
  const ours = runs.filter(({ subject }) => subject === US).map(({ residentMegabytes }) => residentMegabytes);
  return ours.length === 0 ? null : Math.max(...ours);
}

function growthVerdicts(runs: readonly Run[], sizes: readonly number[]): Verdict[] {
  const grown = growthOf(runs, sizes);
  const times = grown.map(({ what, microseconds: [few = 0, many = 0] }) =>
    atMost(10, `${what}, ${sizes.map((rows) => rows.toLocaleString('en')).join(' → ')} rows`, 1.2, many / few),
  );
  const keyCheck = grown.find(({ what }) => what === 'key check');
  if (!keyCheck) return times;
  const [few = 0, many = 0] = keyCheck.microseconds;
  const [fewMegabytes = 0, manyMegabytes = 0] = growthMemory(runs, sizes);
  return [
    atLeast(4, `API key, many rows ÷ few`, 0.85, few / many),
    ...times,
    atMost(10, 'memory, many rows ÷ few', 1.2, manyMegabytes / fewMegabytes),
  ];
}
