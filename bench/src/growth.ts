import { requestText } from './http.ts';
import { keyRequests, latchkey, signedInAdmin, signInRequests } from './latchkey.ts';
import { jobOf, keep, median, withProgram, type Bench, type Run } from './measure.ts';
import type { RunningProgram } from './program.ts';
import { seededFolder } from './seed.ts';
import { CONNECTIONS, SIGN_INS, type Row } from './subjects.ts';

const LEAST_ROWS = 1_000;
const USUAL_ROWS = 1_000_000;
const MOST_ROWS = 10_000_000;
const PAGE = encodeURIComponent(JSON.stringify({ limit: 50 }));

export type Growth = { what: string; rows: readonly number[]; microseconds: readonly number[] };

export function growthSizes(big: boolean): readonly number[] {
  return [LEAST_ROWS, big ? MOST_ROWS : USUAL_ROWS];
}

/** The same calls on a small and on a big database, in turn. */
export async function runGrowth(bench: Bench, sizes: readonly number[], say: (text: string) => void): Promise<void> {
  for (const rows of sizes) {
    const subject = latchkey(await seededFolder(rows, say), rows);
    await withProgram({ ...bench, starts: [] }, subject, async (running) => {
      for (const [what, row] of Object.entries(growthRows(rows))) {
        keep(bench, subjectName(rows), what, await bench.generator.run(await jobOf(bench, row, running)));
      }
    });
  }
}

function subjectName(rows: number): string {
  return `Latchkey with ${rows.toLocaleString('en')} rows`;
}

function growthRows(rows: number): Record<string, Row> {
  const page = (path: string): Row => ({
    kind: 'cookie',
    connections: CONNECTIONS,
    async requests({ port }: RunningProgram) {
      const { cookie } = await signedInAdmin(port);
      return [{ text: requestText('GET', `${path}?input=${PAGE}`, { headers: { cookie } }), holds: '"nextCursor":"' }];
    },
  });
  return {
    'key list': page('/trpc/apiKeys.list'),
    'audit list': page('/trpc/audit.list'),
    // As many different ones, however many there are: what is written down for each that is used doesn't grow with the rest.
    'key check': { kind: 'key', connections: CONNECTIONS, requests: async () => keyRequests(rows, LEAST_ROWS) },
    'sign-in, growth': { kind: 'sign-in', connections: SIGN_INS, requests: async () => signInRequests() },
  };
}

export function growthOf(runs: readonly Run[], sizes: readonly number[]): Growth[] {
  return Object.keys(growthRows(LEAST_ROWS)).flatMap((what) => {
    const microseconds = sizes.map((rows) =>
      median(
        runs.filter((run) => run.row === what && run.subject === subjectName(rows)).map((run) => run.cpuMicroseconds),
      ),
    );
    return microseconds.some(Number.isNaN) ? [] : [{ what, rows: sizes, microseconds }];
  });
}

/** The loaded memory at each size. */
export function growthMemory(runs: readonly Run[], sizes: readonly number[]): number[] {
  return sizes.map((rows) =>
    Math.max(...runs.filter((run) => run.subject === subjectName(rows)).map((run) => run.residentMegabytes)),
  );
}
