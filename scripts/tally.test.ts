import { describe, expect, it } from 'vitest';

import { addUp, playwrightTally, stepTally, tallyLine, vitestTally } from './tally.ts';

const UNIT = JSON.stringify({
  testResults: [
    { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
    { name: 'empty.test.ts', status: 'passed', assertionResults: [] },
    { name: 'unready.test.ts', status: 'failed', assertionResults: [{ status: 'skipped', fullName: 'never ran' }] },
    {
      name: 'keys.test.ts',
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'keys are unique' },
        { status: 'failed', fullName: 'keys expire' },
        { status: 'skipped', fullName: 'keys pass nginx' },
        { status: 'todo', fullName: 'keys sing' },
      ],
    },
  ],
});

const JOURNEYS = JSON.stringify({
  errors: [],
  suites: [
    {
      title: 'keys.spec.ts',
      specs: [
        {
          title: 'make a key',
          tests: [
            { projectName: 'sqlite', status: 'expected' },
            { projectName: 'postgres', status: 'unexpected' },
          ],
        },
      ],
      suites: [
        {
          title: 'rotation',
          specs: [
            {
              title: 'rotate a key',
              tests: [
                { projectName: 'sqlite', status: 'flaky' },
                { projectName: 'postgres', status: 'skipped' },
              ],
            },
          ],
        },
      ],
    },
  ],
});

const NONE = JSON.stringify({ testResults: [] });

describe('the count of tests', () => {
  it('takes each unit test once, and as one failure each file that could not be loaded or made ready', () => {
    expect(vitestTally(UNIT, false)).toEqual({
      passed: 1,
      failed: 3,
      skipped: ['never ran', 'keys pass nginx', 'keys sing'],
      flaky: [],
    });
  });

  it('takes each journey once per database, and names what needed a second try', () => {
    const skipped = ['rotation › rotate a key [postgres]'];
    const flaky = ['rotation › rotate a key [sqlite]'];
    expect(playwrightTally(JOURNEYS, false)).toEqual({ passed: 2, failed: 1, skipped, flaky });
  });

  it('is a failure where the run failed between tests, left no report, or found no test', () => {
    const passed = JSON.stringify({
      testResults: [{ name: 'a', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'a' }] }],
    });
    expect(vitestTally(passed, false).failed).toBe(1);
    expect(vitestTally(null, true).failed).toBe(1);
    expect(vitestTally(NONE, true).failed).toBe(1);
    expect(playwrightTally(null, true).failed).toBe(1);
  });

  it('ends in one line', () => {
    expect(tallyLine(addUp([stepTally(true), stepTally(true), stepTally(false)]))).toBe('2 passed, 1 failed');
    expect(tallyLine({ passed: 7, failed: 0, skipped: ['a', 'b'], flaky: ['c'] })).toBe(
      '7 passed, 0 failed, 2 skipped, 1 flaky',
    );
  });
});
