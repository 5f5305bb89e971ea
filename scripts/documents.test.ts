import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../apps/server/src/config/index.ts';

const ROOT = join(import.meta.dirname, '..');
const README = read('README.md');
const THREAT_MODEL = read('apps/server/THREAT-MODEL.md');
const WORKSPACE = read('pnpm-workspace.yaml');

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function allMatches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([whole, part]) => part ?? whole))].toSorted();
}

/** The names that are asked for while an empty environment is read. */
function variablesRead(): string[] {
  const names = new Set<string>();
  const environment = new Proxy<Record<string, string>>({}, { get: (_, name) => void names.add(String(name)) });
  readConfig(environment);
  return [...names].toSorted();
}

describe('the README', () => {
  it('lists every variable that the server reads, and no other', () => {
    const rows = allMatches(README, /^\| (`[A-Z][^|]*) \|/gm).join(' ');
    expect(allMatches(rows, /`([A-Z_]+)`/g)).toEqual(variablesRead());
  });

  it('names only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = allMatches(README, /npx -y pnpm (?:--silent )?([\w:]+)/g);
    expect(named.filter((each) => !(each in scripts))).toEqual([]);
  });
});

describe('the threat model', () => {
  it('cites only ids that a test carries', () => {
    const tests = globSync(['{apps,packages}/*/src/**/*.test.{ts,tsx}', 'e2e/**/*.spec.ts', 'scripts/*.test.ts'], {
      cwd: ROOT,
    });
    const titles = tests.map(read).join('\n');
    const cited = allMatches(THREAT_MODEL, /\[[A-Z]+\d+\](?!\()/g);
    expect(cited.filter((id) => !titles.includes(id))).toEqual([]);
  });
});

describe('documents', () => {
  it.each(['README.md', 'apps/server/THREAT-MODEL.md'])('%s links only to files that are there', (path) => {
    const links = allMatches(read(path), /\]\((?!https?:|#)([^)]+)\)/g);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  it('agree on the version of Node', () => {
    expect(allMatches(WORKSPACE, /^nodeVersion: ([\d.]+)$/gm)).toEqual(allMatches(WORKSPACE, /^ {2}node: ([\d.]+)$/gm));
  });
});
