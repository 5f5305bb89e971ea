import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { createAudit } from '@latchkey/server/audit';
import { openStorage } from '@latchkey/server/storage';
import { createRecorder } from '@latchkey/server/usage';

import { call } from './http.ts';
import { latchkey, signedInAdmin } from './latchkey.ts';
import { cpuMicroseconds, requireMachine, residentMegabytes, ROOT, startProgram } from './program.ts';
import { sampleKey } from './sample.ts';
import { seededFolder } from './seed.ts';

/*
 * What a million calls of keys cost: the memory while they are counted, and the server's time for the pages that show them.
 * `node bench/src/usage.ts` prints both.
 */

const KEYS = 1_000;
const CALLS = 1_000_000;
const DAYS = 90;
const HOUR_MS = 3_600_000;
const PROCEDURES = 12;
const PERMISSIONS = ['api_keys:read', 'audit:read', 'users:read', 'roles:read'];
/** Every other call is of one key, which so has a row for each procedure and hour. */
const BUSY_KEY = sampleKey(0).id;
const ASKED = 200;

/** Through the server's own recorder, hour after hour, as if it had been running for so long. */
async function countCalls(file: string): Promise<void> {
  const storage = await openStorage({ kind: 'sqlite', file });
  const hours = DAYS * 24;
  let nowMs = Date.now() - hours * HOUR_MS;
  const clock = () => nowMs;
  const audit = createAudit({ storage, clock });
  const recorder = createRecorder({ storage, audit, clock, onFailure: (error) => console.error(error) });
  for (let hour = 0; hour < hours; hour += 1) {
    for (let at = Math.floor((hour * CALLS) / hours); at < Math.floor(((hour + 1) * CALLS) / hours); at += 1) {
      recorder.record(callOf(at));
    }
    await recorder.flush();
    nowMs += HOUR_MS;
    if ((hour + 1) % (hours / 9) === 0) sayMemory(Math.floor(((hour + 1) * CALLS) / hours));
  }
  await recorder.close();
  await storage.close();
}

function callOf(at: number): Parameters<ReturnType<typeof createRecorder>['record']>[0] {
  return {
    apiKeyId: at % 2 === 0 ? BUSY_KEY : sampleKey((at >> 1) % KEYS).id,
    procedure: `notes.procedure${(at >> 1) % PROCEDURES}`,
    permissions: new Set([PERMISSIONS[at % PERMISSIONS.length] ?? '']),
    outcome: at % 10 === 0 ? 'denied' : 'ok',
    from: { address: `192.0.2.${at % 8}`, userAgent: 'bench' },
    byPreviousSecret: false,
  };
}

function sayMemory(calls: number): void {
  console.log(`${calls.toLocaleString('en').padStart(9)} calls counted  ${residentMegabytes(process.pid)} MB resident`);
}

async function timePages(folder: string): Promise<void> {
  const { command, readyPath } = latchkey(folder, KEYS);
  const running = await startProgram(command, { readyPath, logFile: join(folder, 'output.log') });
  const { cookie } = await signedInAdmin(running.port);
  for (const [page, path] of Object.entries(pages())) {
    const times: number[] = [];
    const beforeMicroseconds = cpuMicroseconds(running.pid);
    for (let asked = 0; asked < ASKED; asked += 1) {
      const startedMs = performance.now();
      await call(running.port, 'GET', path, { headers: { cookie } });
      times.push(performance.now() - startedMs);
    }
    sayTimes(page, times, (cpuMicroseconds(running.pid) - beforeMicroseconds) / 1000 / ASKED);
  }
  console.log(`The server: ${residentMegabytes(running.pid)} MB resident`);
  await running.stop();
}

/** What the two pages ask for. */
function pages(): Record<string, string> {
  const asking = (procedure: string, input: object) =>
    `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
  const id = BUSY_KEY;
  const ids = Array.from({ length: 50 }, (_, number) => sampleKey(number).id);
  return {
    'list: keys': asking('apiKeys.list', { limit: 50 }),
    'list: 30 days of 50': asking('apiKeys.activity', { ids }),
    'list: unused for 90 days': asking('apiKeys.list', { limit: 50, unusedForDays: 90, status: 'active' }),
    'key: itself': asking('apiKeys.get', { id }),
    'key: calls of 24 hours': asking('apiKeys.usage', { id, range: '24h' }),
    'key: calls of 7 days': asking('apiKeys.usage', { id, range: '7d' }),
    'key: calls of 30 days': asking('apiKeys.usage', { id, range: '30d' }),
    'key: calls of 90 days': asking('apiKeys.usage', { id, range: '90d' }),
    'key: sources': asking('apiKeys.sources', { id }),
    'key: suggestion': asking('apiKeys.suggestion', { id }),
  };
}

/** The processor's time says what the server needs; the time that passed also what else the machine does. */
function sayTimes(page: string, times: readonly number[], cpuMs: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(1).padStart(6);
  console.log(`${page.padEnd(26)} ${cpuMs.toFixed(1).padStart(6)} ms of CPU  p50 ${at(0.5)} ms  p95 ${at(0.95)} ms`);
}

requireMachine();
const folder = join(ROOT, 'bench/.data/usage');
rmSync(folder, { recursive: true, force: true });
cpSync(await seededFolder(KEYS, console.error), folder, { recursive: true });
await countCalls(join(folder, 'latchkey.sqlite'));
await timePages(folder);
rmSync(folder, { recursive: true });
process.exit();
