import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { compressFiles } from './compress-files.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGES_SOURCES = [
  'apps/web/*.*',
  'apps/web/{src,public}/**/*.*',
  'packages/schemas/src/**/*.ts',
  'scripts/compress-files.ts',
  'pnpm-lock.yaml',
];
const DIST = join(ROOT, 'apps/web/dist');
/** What the pages in `dist` were made of. A build empties `dist`, so a broken one leaves no such file. */
const MADE_OF = join(DIST, '.made-of');

/** Builds the web pages, unless they were built from exactly these sources. Names and bytes count, times don't. */
export function ensurePages(): void {
  const sources = digestOfSources();
  if (digestOfBuild() === sources) return;
  const startedMs = performance.now();
  const vite = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'apps/web', '--logLevel', 'warn'],
    {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    },
  );
  if (vite.status !== 0) throw new Error('The pages could not be built.', { cause: vite.error });
  compressFiles(DIST);
  writeFileSync(MADE_OF, sources);
  console.error(`Built the pages in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const path of globSync(PAGES_SOURCES, { cwd: ROOT }).toSorted()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function digestOfBuild(): string | null {
  try {
    return readFileSync(MADE_OF, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

if (import.meta.main) ensurePages();
