import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startGenerator } from './generator.ts';
import { growthSizes, runGrowth } from './growth.ts';
import { latchkey, signInRequests, type Latchkey } from './latchkey.ts';
import { describeMachine } from './machine.ts';
import { jobOf, keep, LONGEST_WARM_UP_MS, runRaw, runRow, withProgram, type Bench } from './measure.ts';
import { isWanted, readOptions, USAGE, type Options } from './options.ts';
import { BOTH_CORES, requireMachine, ROOT, type RunningProgram } from './program.ts';
import { reportText, type Findings } from './report.ts';
import { isImmediate, revokeMidway, type Revoked } from './revocation.ts';
import { seededFolder } from './seed.ts';
import { findPeers, SIGN_INS, type Row, type Subject } from './subjects.ts';
import { BESIDE_SIGN_INS, judge, US_IN_TWO_PROCESSES, US_ON_TWO_CORES } from './targets.ts';

const ROWS = 1_000_000;

/** Progress, apart from the findings on standard output. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function measureAll(options: Options): Promise<Findings> {
  requireMachine();
  const us = latchkey(await seededFolder(ROWS, say), ROWS);
  const peers = findPeers(say);
  const sizes = growthSizes(options.big);
  mkdirSync(join(ROOT, 'bench/.data'), { recursive: true });
  const bench: Bench = {
    generator: startGenerator(),
    seconds: options.seconds,
    runs: [],
    starts: [],
    wrong: [],
    logFile: join(ROOT, 'bench/.data/output.log'),
  };
  for (let round = 1; round <= options.runs; round += 1) {
    say(`Round ${round} of ${options.runs}`);
    for (const subject of peers) await runSubject(bench, subject, options);
    runRawWork(bench, options);
    await runOurs(bench, us, options);
    if (isWanted(options, 'growth')) await runGrowth(bench, sizes, say);
  }
  const revoked = isWanted(options, 'revocation') ? await runRevocation(bench, us) : [];
  bench.generator.close();
  return { ...bench, revoked, sizes };
}

function wantedRows({ name, rows }: Subject, options: Options): readonly Row[] {
  return rows.filter(({ kind }) => isWanted(options, kind, name));
}

async function runSubject(bench: Bench, subject: Subject, options: Options): Promise<void> {
  const rows = wantedRows(subject, options);
  if (rows.length === 0 && !isWanted(options, 'start')) return;
  say(`  ${subject.name}`);
  await withProgram(bench, subject, async (running) => {
    for (const row of rows) await runRow(bench, subject, row, running);
  });
}

function runRawWork(bench: Bench, options: Options): void {
  if (isWanted(options, 'jwt-first')) runRaw(bench, 'es256');
  if (isWanted(options, 'sign-in')) runRaw(bench, 'argon2id');
}

async function runOurs(bench: Bench, us: Latchkey, options: Options): Promise<void> {
  const rows = wantedRows(us, options);
  if (rows.length === 0 && !isWanted(options, 'start')) return;
  say(`  ${us.name}`);
  await withProgram(bench, us, async (running) => {
    for (const row of rows) await runRow(bench, us, row, running);
    if (rows.some(({ kind }) => kind === 'sign-in')) await runBesideSignIns(bench, us, running);
  });
  const { command } = us;
  const inTwo = { ...command, env: { ...command.env, LATCHKEY_WORKERS: '2' } };
  for (const { kind, ...onTwo } of [
    { kind: 'sign-in', name: US_ON_TWO_CORES, command },
    { kind: 'jwt', name: US_IN_TWO_PROCESSES, command: inTwo },
  ]) {
    const row = rows.find((each) => each.kind === kind);
    if (row) await runOnTwoCores(bench, { ...us, ...onTwo }, row);
  }
}

/** Of which the load generator needs a part as well. */
async function runOnTwoCores(bench: Bench, subject: Subject, row: Row): Promise<void> {
  await withProgram({ ...bench, starts: [] }, subject, (running) => runRow(bench, subject, row, running), BOTH_CORES);
}

/** Calls with a token while eight people are signing in all the time. */
async function runBesideSignIns(bench: Bench, us: Latchkey, running: RunningProgram): Promise<void> {
  const jwt = us.rows.find(({ kind }) => kind === 'jwt');
  if (!jwt) return;
  const job = await jobOf(bench, jwt, running);
  const signIns = { ...job, connections: SIGN_INS, requests: signInRequests() };
  const [calls, signedIn] = await Promise.all([bench.generator.run(job), bench.generator.run(signIns)]);
  keep(bench, us.name, BESIDE_SIGN_INS, calls);
  for (const each of signedIn.wrong) bench.wrong.push(`sign-ins beside calls: ${each}`);
}

async function runRevocation(bench: Bench, us: Latchkey): Promise<Revoked[]> {
  say('Revocation in the middle of a run');
  return withProgram({ ...bench, starts: [] }, us, (running) => revokeMidway(bench, running));
}

function save(text: string, { runs, seconds }: Options): void {
  const head = `# The last measurement\n\n${describeMachine()
    .map((line) => `- ${line}`)
    .join('\n')}\n
Made by \`npx -y pnpm bench --save\`: medians of interleaved runs (${runs}, of ${seconds} s each, from when the program costs no less any more, or after ${LONGEST_WARM_UP_MS / 1000} s); server on one core, load generator on the other, 64 keep-alive
connections (8 for sign-ins). "By CPU" is the peer's CPU time for each request divided by ours, "by rate" our requests a second
divided by theirs; targets are judged by CPU. \`apps/server/PERFORMANCE.md\` says what stands behind the figures.\n`;
  writeFileSync(join(ROOT, 'bench/RESULTS.md'), `${head}\n${text}\n`);
}

// By way of `exit`, where the servers that are running are ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

if (process.argv.includes('--help')) {
  console.log(USAGE);
} else {
  const options = readOptions(process.argv.slice(2));
  const findings = await measureAll(options);
  const { runs, starts, wrong, revoked, sizes } = findings;
  const text = reportText(findings);
  const verdicts = judge(findings, sizes);
  console.log(
    options.json ? JSON.stringify({ machine: describeMachine(), verdicts, runs, starts, revoked, wrong }) : text,
  );
  if (options.save) save(text, options);
  // A missed target is a finding; a wrong answer or a call that got through after a revocation is a failure.
  if (wrong.length > 0 || !revoked.every(isImmediate)) process.exitCode = 1;
}
