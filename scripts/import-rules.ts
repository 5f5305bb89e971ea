import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { parseSync } from 'oxc-parser';

import { AREAS, TEST_TOOLS, type Area } from './layers.ts';

/** A file's path from the root of the workspace, and its text. */
export type Source = { path: string; text: string };
type Import = { specifier: string; typeOnly: boolean };

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
  return layerFault(area, path, target);
}

function packageFault(area: Area, path: string, specifier: string, typeOnly: boolean): string | null {
  const allowed = specifier.startsWith('@latchkey/') ? area.ours : area.others;
  const asTypes = typeOnly ? (area.oursAsTypes ?? []) : [];
  const inTests = isTest(path) ? [...TEST_TOOLS, ...(area.inTests ?? [])] : [];
  if (allowed === undefined) return null;
  const may = [...allowed, ...asTypes, ...inTests];
  return may.some((each) => names(each, specifier)) ? null : `${area.folder} may not`;
}

/** Whether a name of the list means this specifier: `zod` means `zod/mini` too, `node:` everything of Node. */
function names(listed: string, specifier: string): boolean {
  return specifier === listed || specifier.startsWith(listed.endsWith(':') ? listed : `${listed}/`);
}

function layerFault({ folder, layers, hasDoors }: Area, path: string, target: string): string | null {
  const sources = `${folder}/src/`;
  if (!layers || !path.startsWith(sources) || !target.startsWith(sources)) return null;
  const from = partOf(layers, path.slice(sources.length));
  const to = partOf(layers, target.slice(sources.length));
  if (from.name === to.name) return null;
  if (hasDoors && to.isFolder && target !== `${sources}${to.name}/index.ts`)
    return `${to.name}/ has one door, index.ts`;
  // Tests try a part in the whole.
  if (isTest(path)) return null;
  if (from.row < 0 || to.row < 0) return `${from.row < 0 ? from.name : to.name} is not in the list of layers`;
  return to.row > from.row ? null : `${from.name} is not above ${to.name}`;
}

type Part = { name: string; isFolder: boolean; row: number };

function partOf(layers: NonNullable<Area['layers']>, path: string): Part {
  const file = path.replace(/\.tsx?$/, '');
  const listed = layers.flat().find((each) => file === each || file.startsWith(`${each}/`));
  const name =
    listed ??
    file
      .split('/')
      .slice(0, file.startsWith('features/') ? 2 : 1)
      .join('/');
  return { name, isFolder: file !== name, row: layers.findIndex((row) => row.includes(name)) };
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
