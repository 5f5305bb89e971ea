import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { compressFiles } from './compress-files.ts';
import { ensureBuilt, ROOT } from './ensure-built.ts';

const SHARED_SOURCES = [
  'packages/{schemas,credentials}/src/**/*.ts',
  'scripts/{build,compress-files}.ts',
  'pnpm-lock.yaml',
];

/** The web pages, as files that the server sends. */
export function ensurePages(): void {
  ensureBuilt({
    what: 'the pages',
    sources: ['apps/web/*.*', 'apps/web/{src,public}/**/*.*', ...SHARED_SOURCES],
    target: 'apps/web/dist',
    make(folder) {
      vite('apps/web', folder);
      compressFiles(folder);
    },
  });
}

/** The server and its command line, each as one file that loads in a fraction of the time of its hundreds of sources. */
export function ensureServer(): void {
  ensureBuilt({
    what: 'the server',
    sources: ['apps/server/vite.config.ts', 'apps/server/src/**/*.ts', ...SHARED_SOURCES],
    target: 'apps/server/dist',
    make: (folder) => vite('apps/server', folder),
  });
}

function vite(project: string, folder: string): void {
  const program = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = ['build', project, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  const { status, error } = spawnSync(process.execPath, [program, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${project} could not be built.`, { cause: error });
}

/** Vitest's name for what comes before all tests. */
export { ensureServer as setup };

if (import.meta.main) {
  ensurePages();
  ensureServer();
}
