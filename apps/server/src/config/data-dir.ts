import { existsSync, mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';

import type { Config } from './read-config.ts';
import { ConfigError } from './reading.ts';

/** Does what needs the data folder, which it makes. Throws a ConfigError where the file system refuses one or the other. */
export async function inDataDir<Result>(config: Config, work: () => Promise<Result>): Promise<Result> {
  const { dataDir, secrets, database } = config;
  try {
    if (secrets === null || database.kind === 'sqlite') makeFolder(dataDir);
    return await work();
  } catch (error) {
    if (!isAbout(dataDir, error)) throw error;
    const must = `must name a folder that can be made and written to: ${error.message}.`;
    throw new ConfigError([{ variable: 'LATCHKEY_DATA_DIR', must }]);
  }
}

/** Its owner's alone, with those above it. Node's own `recursive` never ends below a folder that takes none, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(path)) throw error;
  }
}

/** Of a file that is open, the file system names no path. */
const OPEN_FILE_CALLS: ReadonlySet<unknown> = new Set(['close', 'fsync', 'ftruncate', 'read', 'write']);

/** Whether the file system said it of the folder, of what lies in it, or of what it lies in. */
function isAbout(folder: string, error: unknown): error is Error {
  if (!(error instanceof Error && 'syscall' in error)) return false;
  if (!('path' in error)) return OPEN_FILE_CALLS.has(error.syscall);
  const path = String(error.path);
  return liesIn(folder, path) || liesIn(path, folder);
}

function liesIn(folder: string, path: string): boolean {
  return !relative(folder, path).startsWith('..');
}
