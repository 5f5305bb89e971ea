import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { parseSync } from 'oxc-parser';

import { AREAS, SERVER_LAYERS, TEST_TOOLS, type Area } from './layers.ts';

/** A file's path from the root of the workspace, and its text. */
export type Source = { path: string; text: string };
type Import = { specifier: string; typeOnly: boolean };

const SERVER = 'apps/server/src/';

/** One sentence for each import that breaks the list in `layers.ts`. */
export function importFaults(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    importsOf(source).flatMap((each) => {
      const fault = faultOf(source.path, each);
      return fault === null ? [] : [`${source.path} imports ${each.specifier}: ${fault}`];
    }),
  );
}

function importsOf({ path, text }: Source): Import[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, text).module;
  const imported = staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const exported = staticExports
    .flatMap(({ entries }) => entries)
    .flatMap((entry) =>
      entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
    );
  const awaited = dynamicImports.map(({ moduleRequest }) => ({
    specifier: text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/^['"`]|['"`]$/g, ''),
    typeOnly: false,
  }));
  return [...imported, ...exported, ...awaited];
}

function faultOf(path: string, { specifier, typeOnly }: Import): string | null {
  const area = AREAS.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!area) return 'its own folder is not in the list of areas';
  if (!specifier.startsWith('.')) return packageFault(area, path, specifier, typeOnly);
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith(`${area.folder}/`)) return `only files of ${area.folder} may be imported by path`;
  return path.startsWith(SERVER) && target.startsWith(SERVER) ? layerFault(path, target) : null;
}

function packageFault(area: Area, path: string, specifier: string, typeOnly: boolean): string | null {
  const allowed = specifier.startsWith('@latchkey/') ? area.ours : area.others;
  const asTypes = typeOnly ? (area.oursAsTypes ?? []) : [];
  const inTests = isTest(path) ? [...TEST_TOOLS, ...(area.oursInTests ?? [])] : [];
  if (allowed === undefined) return null;
  const may = [...allowed, ...asTypes, ...inTests];
  return may.some((each) => names(each, specifier)) ? null : `${area.folder} may not`;
}

/** Whether a name of the list means this specifier: `zod` means `zod/mini` too, `node:` everything of Node. */
function names(listed: string, specifier: string): boolean {
  return specifier === listed || specifier.startsWith(listed.endsWith(':') ? listed : `${listed}/`);
}

function layerFault(path: string, target: string): string | null {
  const from = partOf(path);
  const to = partOf(target);
  if (from === to) return null;
  if (target !== `${SERVER}${to}/index.ts` && target !== `${SERVER}${to}.ts`) return `${to}/ has one door, index.ts`;
  if (isTest(path)) return null;
  const [fromRow, toRow] = [rowOf(from), rowOf(to)];
  if (fromRow < 0 || toRow < 0) return `${fromRow < 0 ? from : to} is not in the list of layers`;
  return toRow > fromRow ? null : `${from} is not above ${to}`;
}

/** The folder of a server file that lies in one, else the file's own name. */
function partOf(path: string): string {
  const [first = '', ...rest] = path.slice(SERVER.length).split('/');
  return rest.length > 0 ? first : first.replace(/\.ts$/, '');
}

function rowOf(part: string): number {
  return SERVER_LAYERS.findIndex((row) => row.includes(part));
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

function workspaceSources(root: string): Source[] {
  const folders = AREAS.map(({ folder }) => (folder === 'e2e' ? 'e2e/**' : `${folder}/src/**`));
  const paths = folders.flatMap((folder) =>
    globSync(`${folder}/*.{ts,tsx}`, { cwd: root, exclude: ['**/node_modules/**'] }),
  );
  return paths.map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }));
}

if (import.meta.main) {
  const sources = workspaceSources(join(import.meta.dirname, '..'));
  const faults = importFaults(sources);
  console.log(faults.length > 0 ? faults.join('\n') : `${sources.length} files keep to the list of layers.`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
