import { csvText } from '../../words/csv.ts';
import type { Matrix } from './matrix.ts';
import { cellText, guardText } from './access-words.ts';

/** What is shown, for programs. */
export function matrixJson({ columns, guards }: Matrix): string {
  const procedures = guards.map((guard) => ({
    ...guard,
    callers: columns.map((column) => ({ caller: column.title, ...column.cellOf(guard) })),
  }));
  return `${JSON.stringify({ procedures }, null, 2)}\n`;
}

/** What is shown, for a spreadsheet. */
export function matrixCsv({ columns, guards }: Matrix): string {
  const head = ['Procedure', 'Kind', 'REST', 'Needs', ...columns.map(({ title }) => title)];
  const rows = guards.map((guard) => [
    guard.procedure,
    guard.kind,
    guard.rest ?? '',
    guardText(guard),
    ...columns.map((column) => cellText(column.cellOf(guard))),
  ]);
  return csvText([head, ...rows]);
}
