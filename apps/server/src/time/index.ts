export { createLooks } from './looks.ts';
export { startWrites } from './writes.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** How far the clocks of two instances may lie apart, and a call's time behind that of the one before it. */
export const CLOCKS_APART_MS = 60 * SECOND_MS;

/** Milliseconds since 1970-01-01 UTC. Everything that asks for the time is handed one of these. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
