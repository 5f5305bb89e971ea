import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright';

/** Daemons lie where only root's PATH looks. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A browser for the journeys: the one named by `CHROMIUM_PATH`, else one that the system has, else Playwright's own
 * download, else Debian's package when root.
 */
export function ensureChromium(): string {
  const named = process.env['CHROMIUM_PATH'];
  if (named) return named;
  const found = findProgram(...CHROMIUM_NAMES) ?? playwrightChromium() ?? fromDebian('chromium', 'chromium');
  if (found) return found;
  throw new Error('There is no Chromium, and none could be installed. Name one in CHROMIUM_PATH.');
}

/**
 * A real program that a test talks to: the system's, or Debian's package when root. Null where it can't be had, and then
 * the test says that it was skipped; with `CI` set nothing may be skipped, so it throws.
 */
export function ensureProgram(name: string, debianPackage = name): string | null {
  const found = findProgram(name) ?? fromDebian(debianPackage, name);
  if (!found && process.env['CI'])
    throw new Error(`${name} isn't here and couldn't be installed; with CI set no test may be skipped.`);
  return found;
}

function findProgram(...names: string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => existsSync(path)) ?? null;
}

function playwrightChromium(): string | null {
  const path = chromium.executablePath();
  if (existsSync(path)) return path;
  const cli = fileURLToPath(new URL('cli.js', import.meta.resolve('playwright/package.json')));
  const systemLibraries = isRoot() ? ['--with-deps'] : [];
  succeeds(process.execPath, [cli, 'install', ...systemLibraries, 'chromium']);
  return existsSync(path) ? path : null;
}

function fromDebian(debianPackage: string, program: string): string | null {
  if (!isRoot() || !findProgram('apt-get')) return null;
  const installed =
    succeeds('apt-get', ['update']) && succeeds('apt-get', ['install', '-y', '--no-install-recommends', debianPackage]);
  return installed ? findProgram(program) : null;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function succeeds(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { env, stdio: ['ignore', 2, 2] }).status === 0;
}
