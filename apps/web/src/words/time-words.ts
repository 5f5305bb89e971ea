const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const STEPS = [
  { unit: 'minute', belowMs: HOUR_MS, unitMs: MINUTE_MS },
  { unit: 'hour', belowMs: DAY_MS, unitMs: HOUR_MS },
  { unit: 'day', belowMs: 45 * DAY_MS, unitMs: DAY_MS },
  { unit: 'month', belowMs: 548 * DAY_MS, unitMs: 30.44 * DAY_MS },
  { unit: 'year', belowMs: Infinity, unitMs: 365.25 * DAY_MS },
] as const;

/** The pages are in English, so their dates are in the reader's own English, not in a second language. */
export function pickLocale(languages: readonly string[]): string {
  return languages.find((each) => /^en\b/i.test(each)) ?? 'en-GB';
}

const LOCALE = pickLocale(globalThis.navigator?.languages ?? []);

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const day = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const utcDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const whole = new Intl.NumberFormat(LOCALE);

/** "3 days ago", "in 2 months", "just now". */
export function relativeWords(atMs: number, nowMs: number): string {
  const aheadMs = atMs - nowMs;
  const awayMs = Math.abs(aheadMs);
  if (awayMs < 45 * SECOND_MS) return aheadMs > 0 ? 'in a moment' : 'just now';
  const step = STEPS.find((each) => awayMs < each.belowMs) ?? STEPS[4];
  const count = Math.max(1, Math.round(awayMs / step.unitMs));
  return relative.format(aheadMs > 0 ? count : -count, step.unit);
}

/** To the second, with the zone: what a hover shows. */
export const exactWords = (atMs: number): string => exact.format(atMs);

/** "Sat 20 Feb 2027". */
export const dayWords = (atMs: number): string => day.format(atMs);

/** "20 Feb", of a day of UTC. */
export const utcDayWords = (atMs: number): string => utcDay.format(atMs);

/** "20 Feb, 14:00". */
export const hourWords = (atMs: number): string => hour.format(atMs);

/** "14:32". */
export const clockWords = (atMs: number): string => clock.format(atMs);

export const numberWords = (count: number): string => whole.format(count);

/** "1 key", "2,000 keys". */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`;
}
