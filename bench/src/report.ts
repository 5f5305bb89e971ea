import { growthOf } from './growth.ts';
import type { Bench } from './measure.ts';
import { median } from './measure.ts';
import { isImmediate, type Revoked } from './revocation.ts';
import { judge, mediansOf, ROW_NAMES, type Verdict } from './targets.ts';

export type Findings = Pick<Bench, 'runs' | 'starts' | 'wrong'> & {
  revoked: readonly Revoked[];
  sizes: readonly number[];
};

/** Everything as Markdown, aligned for a terminal. */
export function reportText(findings: Findings): string {
  const parts = [
    section('Targets', targetTable(judge(findings, findings.sizes))),
    section('Each row', rowTable(findings)),
    section('Start and memory', startTable(findings)),
    section('Growth, CPU µs for each request', growthTable(findings)),
    section('Taken away in the middle of a run', revocationTable(findings)),
  ];
  const { wrong } = findings;
  const answers =
    wrong.length === 0 ? 'Every answer was 2xx with the right body.' : `Wrong answers:\n${wrong.join('\n')}`;
  return [...parts.flatMap((part) => part ?? []), answers].join('\n\n');
}

function section(title: string, table: string | null): string | null {
  return table === null ? null : `## ${title}\n\n${table}`;
}

function targetTable(verdicts: readonly Verdict[]): string | null {
  return tableOf(
    ['#', 'what', 'goal', 'by CPU', 'by rate', ''],
    verdicts.map(({ target, what, goal, value, byRate, met }) => [
      String(target),
      what,
      goal,
      value === null ? '' : figure(value),
      byRate === null ? '' : figure(byRate),
      met === null ? '' : met ? 'met' : 'NOT MET',
    ]),
  );
}

function rowTable({ runs }: Findings): string | null {
  const pairs = new Map(runs.map(({ row, subject }) => [`${row}\n${subject}`, { row, subject }]));
  const rows = [...pairs.values()].toSorted((a, b) => orderOf(a.row) - orderOf(b.row));
  return tableOf(
    ['row', 'program', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'MB'],
    rows.flatMap(({ row, subject }) => {
      const found = mediansOf(runs, subject, row);
      if (!found) return [];
      const figures = [found.perSecond, found.p50Ms, found.p99Ms, found.cpuMicroseconds, found.megabytes];
      return [[ROW_NAMES[row] ?? row, subject, ...figures.map(figure)]];
    }),
  );
}

function orderOf(row: string): number {
  const place = Object.keys(ROW_NAMES).indexOf(row);
  return place < 0 ? Infinity : place;
}

function startTable({ starts, runs }: Findings): string | null {
  const subjects = [...new Set(starts.map(({ subject }) => subject))];
  return tableOf(
    ['program', 'start to first 200, ms', 'idle MB', 'loaded MB'],
    subjects.map((subject) => {
      const own = starts.filter((start) => start.subject === subject);
      const loaded = runs.filter((run) => run.subject === subject).map((run) => run.residentMegabytes);
      return [
        subject,
        figure(median(own.map(({ startMs }) => startMs))),
        figure(median(own.map(({ idleMegabytes }) => idleMegabytes))),
        loaded.length === 0 ? '' : figure(Math.max(...loaded)),
      ];
    }),
  );
}

function growthTable({ runs, sizes }: Findings): string | null {
  return tableOf(
    ['call', ...sizes.map((rows) => `${rows.toLocaleString('en')} rows`)],
    growthOf(runs, sizes).map(({ what, microseconds }) => [what, ...microseconds.map(figure)]),
  );
}

function revocationTable({ revoked }: Findings): string | null {
  return tableOf(
    ['credential', 'accepted before', 'under way', 'refused after', 'accepted after', 'next call', ''],
    revoked.map((each) => [
      each.name,
      String(each.acceptedBefore),
      String(each.during),
      String(each.refusedAfter),
      String(each.acceptedAfter),
      each.nextAnswer ? `${each.nextAnswer.status} after ${figure(each.nextAnswer.afterMs)} ms` : '',
      isImmediate(each) ? 'at once' : 'NOT AT ONCE',
    ]),
  );
}

/** Three figures that count. */
function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string | null {
  if (rows.length === 0) return null;
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length), 3));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}
