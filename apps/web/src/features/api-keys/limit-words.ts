import type { ApiKey, Quota } from '@latchkey/schemas';

import { countWords } from '../../words/time-words.ts';

const WINDOWS = [
  { value: '1', label: 'a second' },
  { value: '60', label: 'a minute' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
];

/** The windows to choose from. A program may have given the key another one, which stays among them. */
export function windowOptions(windowSeconds: number) {
  const isUsual = WINDOWS.some(({ value }) => value === String(windowSeconds));
  return isUsual ? WINDOWS : [...WINDOWS, { value: String(windowSeconds), label: secondsWords(windowSeconds) }];
}

/** "100 seconds", "5 minutes": exact, unlike a wait. */
function secondsWords(seconds: number): string {
  return seconds % 60 === 0 ? countWords(seconds / 60, 'minute') : countWords(seconds, 'second');
}

export const PERIODS: readonly { value: Quota['per']; label: string }[] = [
  { value: 'day', label: 'a day' },
  { value: 'week', label: 'a week' },
  { value: 'month', label: 'a month' },
];

/** "100 requests a minute", "5 requests in 30 seconds". */
export function rateWords({ limit, windowSeconds }: NonNullable<ApiKey['rateLimit']>): string {
  const usual = WINDOWS.find(({ value }) => value === String(windowSeconds));
  return `${countWords(limit, 'request')} ${usual?.label ?? `in ${secondsWords(windowSeconds)}`}`;
}

/** "10,000 calls a month". */
export function quotaWords({ limit, per }: Quota): string {
  return `${countWords(limit, 'call')} ${PERIODS.find(({ value }) => value === per)?.label ?? per}`;
}
