import { ConfigError, type Config } from '../config/index.ts';
import { checksOf, type Finding } from './checks.ts';
import type { Answer, Noun } from './command.ts';

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

export const doctor: Noun = {
  '': {
    means:
      'Looks for what is wrong with the configuration, the files and the database, and says how to mend it. Changes nothing.',
    async run({ config }) {
      const read = readOrFind(config);
      if ('outcome' in read) return report([read]);
      return report([
        { check: 'configuration', outcome: 'ok', says: 'Every variable can be used.' },
        ...(await checksOf(read)),
      ]);
    },
  },
};

function readOrFind(config: () => Config): Config | Finding {
  try {
    return config();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const says = error.message.replaceAll(/\s+/g, ' ');
    return { check: 'configuration', outcome: 'fail', says, remedy: 'Mend the named variables.' };
  }
}

function report(findings: readonly Finding[]): Answer {
  const lines = findings.map(({ check, outcome, says, remedy }) =>
    [MARKS[outcome], `${check}:`, says, remedy].filter(Boolean).join(' '),
  );
  const isBad = findings.some(({ outcome }) => outcome === 'fail');
  return { line: lines.join('\n'), json: { healthy: !isBad, checks: findings }, isBad };
}
