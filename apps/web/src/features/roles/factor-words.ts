import type { Outputs } from '../../rpc/router-types.ts';
import { clockWords, countWords, DAY_MS, dayWords } from '../../words/time-words.ts';

export type Missing = Outputs['roles']['withoutFactor'];

export const STARTS = [
  { value: '0', label: 'Now' },
  { value: '7', label: 'In 7 days' },
  { value: '14', label: 'In 14 days' },
  { value: '30', label: 'In 30 days' },
  { value: 'date', label: 'On a date' },
] as const;
export type Start = (typeof STARTS)[number]['value'];

/** A day as `<input type="date">` writes it. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** From when on; null where no date is chosen yet. A day begins where the reader is. */
export function startsAtMs(start: Start, day: string, nowMs: number): number | null {
  if (start !== 'date') return nowMs + Number(start) * DAY_MS;
  if (!DAY.test(day)) return null;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

const momentWords = (atMs: number) => `${dayWords(atMs)}, ${clockWords(atMs)}`;

/** What the choice means, under the choices. */
export function startWords(atMs: number | null, nowMs: number): string {
  if (atMs === null) return 'Choose the first day.';
  const effect = 'they set one up before anything else works. Their API keys go on working.';
  if (atMs <= nowMs) return `Whoever has none is asked at once: ${effect}`;
  return `Until ${momentWords(atMs)} whoever has none sees it on every page. From then on ${effect}`;
}

/** The same in a cell of the list. */
export function factorCellWords(fromMs: number | null, nowMs = Date.now()): string {
  if (fromMs === null) return 'Optional';
  return fromMs > nowMs ? `Required from ${dayWords(fromMs)}` : 'Required';
}

export function wantsFactorWords(fromMs: number | null, nowMs = Date.now()): string {
  if (fromMs === null) return 'People with this role may sign in with their password alone.';
  return fromMs > nowMs
    ? `People with this role need a second factor from ${momentWords(fromMs)} on.`
    : `People with this role need a second factor, since ${momentWords(fromMs)}.`;
}

export function withoutFactorWords({ people, atLeast }: Missing): string {
  if (people === 0) return 'Nobody lacks one.';
  const count = countWords(people, 'person', 'people');
  return `${atLeast ? 'More than ' : ''}${count} who ${people === 1 ? 'has it has' : 'have it have'} none yet.`;
}
