import { readFileSync } from 'node:fs';

/**
 * Loaded into a journey's server before its own code: the server's time is then the machine's plus the milliseconds in
 * this file, so that a journey needn't wait five minutes for a token to expire. The browser's time stays as it is.
 */
const OFFSET_FILE = process.env['JOURNEY_CLOCK_FILE'];

if (OFFSET_FILE !== undefined) {
  const machineNow = Date.now;
  Date.now = () => machineNow() + Number(readFileSync(OFFSET_FILE, 'utf8'));
}
