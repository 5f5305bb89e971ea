import { connect, type Socket } from 'node:net';

import type { LoadJob, LoadRequest, LoadResult, RevocationResult } from './load-job.ts';
import { cpuMicroseconds, residentMegabytes } from './program.ts';

/**
 * The load generator, a process of its own: keep-alive connections, each with one request at a time. It reads answers
 * cheaply enough for one core to keep the fastest server busy, and still looks at the status and body of every one.
 */

const WRONG_SHOWN = 5;
/** Latencies are counted in steps of this. */
const STEP_MS = 0.01;
const STEPS = 1_000_000;

/** A server is warm when so many slices in a row cost it no less, by this share, than the cheapest before. */
const SLICE_MS = 2_000;
const STEADY_SLICES = 2;
const LESS = 0.97;

type Counts = { requests: number; steps: Uint32Array; wrong: string[]; revocation: Revocation | null };
type Revocation = RevocationResult & { sentAtMs: number; answeredAtMs: number };

async function run(job: LoadJob): Promise<LoadResult> {
  const counts: Counts = { requests: 0, steps: new Uint32Array(STEPS), wrong: [], revocation: null };
  const state = { isOver: false, isMeasuring: false, next: 0 };
  const connections = Array.from({ length: job.connections }, () => keepAsking(job, state, counts));
  await warmUp(job, state);
  const [startedMs, cpuBefore] = [performance.now(), cpuMicroseconds(job.pid)];
  state.isMeasuring = true;
  if (job.revocation) void revokeMidway(job, job.revocation.text, counts);
  await sleep(job.measureMs);
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = cpuMicroseconds(job.pid) - cpuBefore;
  state.isMeasuring = false;
  state.isOver = true;
  await Promise.all(connections);
  return {
    requests: counts.requests,
    seconds,
    cpuMicroseconds: cpu,
    residentMegabytes: residentMegabytes(job.pid),
    p50Ms: percentile(counts, 0.5),
    p99Ms: percentile(counts, 0.99),
    wrong: counts.wrong,
    revocation: counts.revocation,
  };
}

/** V8 goes on compiling what it finds used much, the longer the slower the machine; Python has nothing to warm. Each gets what it needs. */
async function warmUp({ pid, longestWarmUpMs }: LoadJob, state: State): Promise<void> {
  const endMs = performance.now() + longestWarmUpMs;
  let [cheapest, steady] = [Infinity, 0];
  while (steady < STEADY_SLICES && performance.now() < endMs) {
    const [cpuBefore, before] = [cpuMicroseconds(pid), state.next];
    await sleep(SLICE_MS);
    const cost = (cpuMicroseconds(pid) - cpuBefore) / (state.next - before);
    if (cost < cheapest * LESS) [cheapest, steady] = [cost, 0];
    else steady += 1;
  }
}

type State = { isOver: boolean; isMeasuring: boolean; next: number };

/** One connection that asks, waits for the answer, and asks again, until the job is over. */
function keepAsking(job: LoadJob, state: State, counts: Counts): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: job.port, host: '127.0.0.1', noDelay: true });
    let request = nextRequest(job, state);
    let sentAtMs = 0;
    const ask = () => {
      request = nextRequest(job, state);
      sentAtMs = performance.now();
      socket.write(request.text, 'latin1');
    };
    readAnswers(socket, (answer) => {
      const nowMs = performance.now();
      if (state.isMeasuring) count(counts, answer, request, { sentAtMs, nowMs });
      if (!state.isOver) return ask();
      socket.end();
      return resolve();
    });
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('close', () => (state.isOver ? resolve() : reject(new Error('the server closed a connection'))));
  });
}

function nextRequest({ requests }: LoadJob, state: State): LoadRequest {
  const request = requests[state.next % requests.length];
  state.next += 1;
  if (!request) throw new Error('a job without requests');
  return request;
}

type Answer = { status: number; body: string };
type Times = { sentAtMs: number; nowMs: number };

function count(counts: Counts, answer: Answer, request: LoadRequest, times: Times): void {
  counts.requests += 1;
  const step = Math.min(STEPS - 1, Math.floor((times.nowMs - times.sentAtMs) / STEP_MS));
  counts.steps[step] = (counts.steps[step] ?? 0) + 1;
  const isGood = answer.status >= 200 && answer.status < 300 && answer.body.includes(request.holds);
  const isRefusal = counts.revocation !== null && answer.status === 401;
  if (counts.revocation) judgeRevocation(counts.revocation, answer, isGood, times);
  if (!isGood && !isRefusal && counts.wrong.length < WRONG_SHOWN)
    counts.wrong.push(`${answer.status} ${answer.body.slice(0, 200)}`);
}

function judgeRevocation(revocation: Revocation, { status }: Answer, isGood: boolean, times: Times): void {
  if (times.sentAtMs < revocation.answeredAtMs) revocation.during += 1;
  else {
    if (status === 401) revocation.refusedAfter += 1;
    else if (isGood) revocation.acceptedAfter += 1;
    revocation.nextAnswer ??= { status, afterMs: times.nowMs - revocation.answeredAtMs };
  }
}

async function revokeMidway(job: LoadJob, text: string, counts: Counts): Promise<void> {
  await sleep(job.measureMs / 2);
  const acceptedBefore = counts.requests;
  const revocation: Revocation = {
    acceptedBefore,
    during: 0,
    refusedAfter: 0,
    acceptedAfter: 0,
    nextAnswer: null,
    sentAtMs: performance.now(),
    answeredAtMs: Infinity,
  };
  counts.revocation = revocation;
  const socket = connect({ port: job.port, host: '127.0.0.1', noDelay: true });
  socket.once('connect', () => socket.write(text, 'latin1'));
  readAnswers(socket, ({ status, body }) => {
    revocation.answeredAtMs = performance.now();
    if (status >= 300) counts.wrong.push(`the revocation: ${status} ${body}`);
    socket.end();
  });
}

/** HTTP/1.1 answers, one at a time, with a length or in chunks (RFC 9112, section 6). */
function readAnswers(socket: Socket, give: (answer: Answer) => void): void {
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const body = wholeBody(received, headEnd);
    if (body === null) return;
    const status = Number(received.slice(9, 12));
    received = '';
    give({ status, body });
  });
}

/** Null while some of it is still to come. */
function wholeBody(received: string, headEnd: number): string | null {
  const bodyStart = headEnd + 4;
  const length = lengthIn(received, headEnd);
  if (length !== null) return received.length >= bodyStart + length ? received.slice(bodyStart) : null;
  return received.endsWith('0\r\n\r\n') ? received.slice(bodyStart) : null;
}

const LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;

function lengthIn(received: string, headEnd: number): number | null {
  const [, length] = LENGTH.exec(received.slice(0, headEnd + 2)) ?? [];
  if (length !== undefined) return Number(length);
  return received.startsWith('204', 9) ? 0 : null;
}

function percentile({ requests, steps }: Counts, share: number): number {
  let below = 0;
  const step = steps.findIndex((counted) => (below += counted) >= requests * share);
  return step * STEP_MS;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

type Order = { number: number; job: LoadJob };

process.on('message', ({ number, job }: Order) => {
  run(job).then(
    (result) => process.send?.({ number, result }),
    (error: unknown) => process.send?.({ number, failure: String(error) }),
  );
});

process.once('disconnect', () => process.exit());
