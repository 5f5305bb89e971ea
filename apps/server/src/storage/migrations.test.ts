import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';

import { migrateSqlite } from './migrations.ts';

const WORKSPACE = fileURLToPath(new URL('../../../..', import.meta.url));
const MIGRATIONS = join(WORKSPACE, 'apps/server/migrations');

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What drizzle-kit says when it is asked to generate now. */
function generateAgain(dialect: 'sqlite' | 'postgres'): string {
  const folder = temporaryFolder();
  cpSync(join(MIGRATIONS, dialect), join(folder, 'out'), { recursive: true });
  const config = join(folder, 'drizzle.config.json');
  const out = relative(WORKSPACE, join(folder, 'out')); // drizzle-kit takes no absolute path here
  const schema = `apps/server/src/storage/${dialect}-tables.ts`;
  writeFileSync(config, JSON.stringify({ dialect: dialect === 'postgres' ? 'postgresql' : dialect, schema, out }));
  const program = join(createRequire(join(WORKSPACE, 'package.json')).resolve('drizzle-kit'), '../bin.cjs');
  return execFileSync(process.execPath, [program, 'generate', '--config', config], {
    cwd: WORKSPACE,
    encoding: 'utf8',
  });
}

it.each(['sqlite', 'postgres'] as const)(
  'the committed migrations make exactly the tables that are defined, on %s',
  (dialect) => {
    expect(generateAgain(dialect)).toContain('No schema changes');
  },
);

it('both databases have the same migrations', () => {
  const tagsOf = (dialect: string): unknown => {
    const journal: { entries: { tag: string }[] } = JSON.parse(
      readFileSync(join(MIGRATIONS, dialect, 'meta/_journal.json'), 'utf8'),
    );
    return journal.entries.map((entry) => entry.tag);
  };
  expect(tagsOf('sqlite')).toEqual(tagsOf('postgres'));
});

it('a migration is applied once, and a failing one leaves nothing', () => {
  const writer = new Database(join(temporaryFolder(), 'a.db'));
  onTestFinished(() => void writer.close());
  const applied = () => writer.prepare('select count(*) from __drizzle_migrations').pluck().get();
  migrateSqlite(writer);
  const after = applied();
  migrateSqlite(writer);
  expect(applied()).toBe(after);
  writer.exec('delete from __drizzle_migrations');
  expect(() => migrateSqlite(writer)).toThrow('already exists');
  expect(applied()).toBe(0);
});
