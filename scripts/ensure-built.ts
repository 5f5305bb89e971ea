import { createHash, randomUUID } from 'node:crypto';
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
/** In what was built: the digest of what it was made of. */
const MADE_OF = '.made-of';

export type Build = {
  what: string;
  /** Globs from the root of the workspace, of all that the result depends on. */
  sources: readonly string[];
  /** A folder, from the root of the workspace. */
  target: string;
  /** Builds into the folder, or throws. */
  make(folder: string): void;
};

/**
 * Builds it, unless the target was made of exactly these sources: names and bytes count, times don't. Made beside the target and
 * moved there when it is whole, so that two that build at once don't disturb each other.
 */
export function ensureBuilt({ what, sources, target, make }: Build): void {
  const madeOf = digestOf(sources);
  const folder = join(ROOT, target);
  if (readIfThere(join(folder, MADE_OF)) === madeOf) return;
  const startedMs = performance.now();
  const beside = `${folder}-${randomUUID()}`;
  try {
    make(beside);
    writeFileSync(join(beside, MADE_OF), madeOf);
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  console.error(`Built ${what} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
}

function digestOf(globs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of globSync(globs, { cwd: ROOT }).toSorted()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
