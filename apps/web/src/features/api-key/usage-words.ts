import { OUTCOMES, type Counts, type Outcome, type Usage, type UsageRange } from '@latchkey/schemas';

import { countWords, hourWords, numberWords, utcDayWords } from '../../words/time-words.ts';

const OUTCOME_WORDS: Record<Outcome, string> = {
  ok: 'Went well',
  denied: 'Denied',
  limited: 'Over a limit',
  failed: 'Failed',
};

export const SERIES = OUTCOMES.map((name) => ({ name, label: OUTCOME_WORDS[name] }));

export const RANGES: readonly { value: UsageRange; label: string }[] = [
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
];

export function callsOf(counts: Counts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** "1,204 calls in the last 30 days, 12 of them denied." */
export function totalWords({ range, totals }: Usage): string {
  const { label } = RANGES.find(({ value }) => value === range) ?? { label: range };
  const calls = callsOf(totals);
  if (calls === 0) return `No calls in the last ${label}.`;
  const denied = totals.denied === 0 ? 'none' : numberWords(totals.denied);
  return `${countWords(calls, 'call')} in the last ${label}, ${denied} of them denied.`;
}

/** When a part of the picture was: hours are the reader's, days UTC's. */
export function bucketWords(atMs: number, unit: Usage['unit']): string {
  return unit === 'hour' ? hourWords(atMs) : utcDayWords(atMs);
}

/** "verified" stands for what no procedure of ours was called for. */
export function procedureWords(procedure: string): string {
  return procedure === 'verified' ? 'Shown to another service' : procedure;
}
