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
  return unlessRequired(name, findProgram(name) ?? fromDebian(debianPackage, name));
}

/** A Python that has the modules: one on the path, or Debian's with its packages of them. Null as above. */
export function ensurePython(packagesOfModules: Readonly<Record<string, string>>): string | null {
  const modules = Object.keys(packagesOfModules);
  const install = () => (installs(Object.values(packagesOfModules)) ? findPython(modules) : null);
  return unlessRequired(`A Python with ${modules.join(', ')}`, findPython(modules) ?? install());
}

function unlessRequired(name: string, found: string | null): string | null {
  if (!found && process.env['CI'])
    throw new Error(`${name} isn't here and couldn't be installed; with CI set no test may be skipped.`);
  return found;
}

function findProgram(...names: string[]): string | null {
  return findPrograms(...names)[0] ?? null;
}

function findPrograms(...names: string[]): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter((path) => existsSync(path));
}

function findPython(modules: readonly string[]): string | null {
  const hasAll = 'import importlib.util as u, sys; sys.exit(None in map(u.find_spec, sys.argv[1:]))';
  return findPrograms('python3').find((path) => succeeds(path, ['-c', hasAll, ...modules])) ?? null;
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
  return installs([debianPackage]) ? findProgram(program) : null;
}

function installs(debianPackages: readonly string[]): boolean {
  if (!isRoot() || !findProgram('apt-get')) return false;
  const install = ['install', '-y', '--no-install-recommends', ...debianPackages];
  return succeeds('apt-get', ['update']) && succeeds('apt-get', install);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function succeeds(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { env, stdio: ['ignore', 2, 2] }).status === 0;
}
