/** What a step of `pnpm test` came to. Steps that aren't tests count as one. */
export type Tally = {
  passed: number;
  failed: number;
  skipped: string[];
  /** Of those that passed: which needed a second try. */
  flaky: string[];
};

type VitestReport = {
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
};
type PlaywrightSuite = {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; tests: { projectName: string; status: string }[] }[];
};
type PlaywrightReport = { suites: PlaywrightSuite[]; errors: unknown[] };

export function addUp(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, each) => sum + each.passed, 0),
    failed: tallies.reduce((sum, each) => sum + each.failed, 0),
    skipped: tallies.flatMap((each) => each.skipped),
    flaky: tallies.flatMap((each) => each.flaky),
  };
}

/** One line: `3 passed, 0 failed`, and how many were skipped, or flaky, where some were. */
export function tallyLine({ passed, failed, skipped, flaky }: Tally): string {
  const more = Object.entries({ skipped, flaky }).flatMap(([what, { length }]) =>
    length > 0 ? [`${length} ${what}`] : [],
  );
  return [`${passed} passed`, `${failed} failed`, ...more].join(', ');
}

export function stepTally(succeeded: boolean): Tally {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: [], flaky: [] };
}

/** A file that failed beside its tests (couldn't be loaded, or made ready) counts as one that failed. */
export function vitestTally(report: string | null, succeeded: boolean): Tally {
  if (report === null) return stepTally(false);
  const { testResults } = JSON.parse(report) as VitestReport;
  const tests = testResults.flatMap(({ name, status, assertionResults }) => {
    const results = assertionResults.map((each): [string, string] => [each.status, each.fullName]);
    const isExplained = status !== 'failed' || results.some(([result]) => result === 'failed');
    return isExplained ? results : [...results, ['failed', name] as [string, string]];
  });
  return settled(tests, succeeded);
}

export function playwrightTally(report: string | null, succeeded: boolean): Tally {
  if (report === null) return stepTally(false);
  const { suites } = JSON.parse(report) as PlaywrightReport;
  const statuses = { expected: 'passed', flaky: 'passed', skipped: 'skipped' };
  const all = suites.flatMap(testsOf);
  const tests = all.map(({ title, status }): [string, string] => [
    status in statuses ? statuses[status as keyof typeof statuses] : 'failed',
    title,
  ]);
  const flaky = all.filter(({ status }) => status === 'flaky').map(({ title }) => title);
  return { ...settled(tests, succeeded), flaky };
}

function testsOf(suite: PlaywrightSuite): { title: string; status: string }[] {
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map(({ projectName, status }) => ({ title: `${suite.title} › ${title} [${projectName}]`, status })),
  );
  return [...own, ...(suite.suites ?? []).flatMap(testsOf)];
}

/** A run that failed without a failed test (an error between tests, no test at all) counts as one failure. */
function settled(tests: [status: string, name: string][], succeeded: boolean): Tally {
  const passed = tests.filter(([status]) => status === 'passed').length;
  const failed = tests.filter(([status]) => status === 'failed').length;
  const skipped = tests.filter(([status]) => status !== 'passed' && status !== 'failed').map(([, name]) => name);
  return { passed, failed: failed === 0 && (!succeeded || passed === 0) ? 1 : failed, skipped, flaky: [] };
}
