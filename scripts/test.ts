import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { auditDependencies } from './audit-dependencies.ts';
import { addUp, playwrightTally, stepTally, tallyLine, vitestTally, type Tally } from './tally.ts';

const ROOT = join(import.meta.dirname, '..');
/** Started without pnpm, too, every program is the locked one. */
const PATH = [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
const PLAYWRIGHT = 'node e2e/node_modules/@playwright/test/cli.js';
const REPORTS = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
/** With CI set nobody reads the list of skipped tests, so each of them is a failure. */
const MAY_SKIP = !process.env['CI'];

const STEPS: Record<string, () => Promise<Tally>> = {
  'types of the server': () => commands('tsc -p apps/server'),
  'types of the pages': () => commands('tsc -p apps/web'),
  'types of the journeys': () => commands('tsc -p e2e'),
  lint: () => commands('oxlint'),
  format: () => commands('oxfmt --check'),
  'import rules': () => commands('node scripts/import-rules.ts'),
  'nothing unused': () => commands('knip --no-progress'),
  'known vulnerabilities': audit,
  'unit tests, on both databases': unitTests,
  'build of pages and server': () => commands('node scripts/build.ts'),
  'journeys in a real browser': journeys,
};

/** All of them, or those that have a word of the command line in their name. */
function wantedSteps(): [name: string, run: () => Promise<Tally>][] {
  const words = process.argv.slice(2);
  return Object.entries(STEPS).filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
}

async function commands(command: string): Promise<Tally> {
  return stepTally(await succeeds(command));
}

async function audit(): Promise<Tally> {
  const { outcome, message } = auditDependencies();
  console.log(message);
  return outcome === 'skipped'
    ? { passed: 0, failed: 0, skipped: [message], flaky: [] }
    : stepTally(outcome === 'passed');
}

async function unitTests(): Promise<Tally> {
  const report = join(REPORTS, 'vitest.json');
  const succeeded = await succeeds(`vitest run --reporter=default --reporter=json --outputFile.json=${report}`);
  return judgedForCi(vitestTally(read(report), succeeded));
}

async function journeys(): Promise<Tally> {
  // Without pages every journey would wait for its time to run out.
  if (!(await succeeds('node scripts/build.ts'))) return stepTally(false);
  const report = join(REPORTS, 'playwright.json');
  const succeeded = await succeeds(`${PLAYWRIGHT} test --config e2e/playwright.config.ts --reporter=list,json`, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  return judgedForCi(playwrightTally(read(report), succeeded));
}

function judgedForCi(tally: Tally): Tally {
  if (MAY_SKIP || tally.skipped.length === 0) return tally;
  console.log(['Skipped, though CI is set:', ...tally.skipped].join('\n  '));
  return { ...tally, failed: tally.failed + tally.skipped.length, skipped: [] };
}

function succeeds(command: string, env: Record<string, string> = {}): Promise<boolean> {
  const child = spawn(command, { cwd: ROOT, shell: true, stdio: 'inherit', env: { ...process.env, PATH, ...env } });
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code === 0));
  });
}

function read(report: string): string | null {
  try {
    return readFileSync(report, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function secondsSince(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}

async function runSteps(): Promise<Tally> {
  const rows: string[] = [];
  const tallies: Tally[] = [];
  for (const [name, run] of wantedSteps()) {
    console.log(`\n── ${name}`);
    const startedMs = performance.now();
    const tally = await run();
    tallies.push(tally);
    rows.push(`${name.padEnd(32)} ${tallyLine(tally).padEnd(36)} ${secondsSince(startedMs)}`);
  }
  console.log(`\n── summary\n${rows.join('\n')}`);
  return addUp(tallies);
}

const startedMs = performance.now();
const total = await runSteps();
rmSync(REPORTS, { recursive: true });
for (const [what, names] of [
  ['Skipped:', total.skipped],
  ['Races, to be mended: these passed at their second try alone:', total.flaky],
] as const) {
  if (names.length > 0) console.log(`\n${[what, ...names].join('\n  ')}`);
}
console.log(`\nIn ${secondsSince(startedMs)}.\n${tallyLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
