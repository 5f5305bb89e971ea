import { createHmac } from 'node:crypto';

import { equalDigests } from './digests.ts';

const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 6238 section 5.2: a phone's clock may be a step off, and typing takes a while. */
const NEIGHBOURS = [0, -1, 1];

/** RFC 4226 section 5.3, with the step for its counter: what an authenticator app shows in that step. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step whose code this is, if that is now or next to now; null for any other code. */
export function totpStepOf(secret: Uint8Array, code: string, nowMs: number): number | null {
  const now = Math.floor(nowMs / STEP_MS);
  return NEIGHBOURS.map((by) => now + by).find((step) => equalDigests(totpCode(secret, step), code)) ?? null;
}
