import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { openTestServer, registerNotes, type TestServer } from '@latchkey/testkit';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PACKAGE = join(import.meta.dirname, '..');
const ROOT = join(PACKAGE, '../..');
const AUDIENCE = 'https://notes.example.com';

const run = promisify(execFile);
const pnpm = (cwd: string, ...args: string[]) =>
  run('npx', ['-y', 'pnpm', ...args], { cwd, shell: process.platform === 'win32' });

let latchkey: TestServer;
let folder: string;
let tarball: string;
beforeAll(async () => {
  latchkey = await openTestServer({ listens: true });
  await registerNotes(await latchkey.admin(), AUDIENCE);
  folder = await mkdtemp(join(tmpdir(), 'latchkey-guard-'));
  await pnpm(PACKAGE, 'pack', '--pack-destination', folder);
  tarball = join(folder, (await readdir(folder))[0] ?? '');
});
afterAll(async () => {
  await latchkey.close();
  await rm(folder, { recursive: true });
});

/** A fresh folder with the package from its tarball, what it asks for from npm, and these. */
async function install(name: string, beside: Record<string, string>): Promise<string> {
  const home = join(folder, name);
  await mkdir(home);
  const dependencies = { '@latchkey/guard': `file:${tarball}`, ...beside };
  await writeFile(join(home, 'package.json'), JSON.stringify({ type: 'module', private: true, dependencies }));
  await pnpm(home, 'install', '--prefer-offline', '--ignore-scripts', '--config.auto-install-peers=false');
  return home;
}

async function runIn(home: string, code: string, ...args: string[]): Promise<string> {
  const file = join(home, 'program.ts');
  await writeFile(file, code);
  return (await run(process.execPath, [file, latchkey.publicUrl, ...args])).stdout.trim();
}

/** What these declarations import, and what those do in turn: `./caller.d.ts`, `zod`. */
async function reachable(dist: string, ...entries: string[]): Promise<ReadonlySet<string>> {
  const reached = new Set(entries.map((name) => `./${name}`));
  for (const name of reached) {
    if (!name.startsWith('.')) continue;
    const text = await readFile(join(dist, name), 'utf8');
    for (const [, from = ''] of text.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g))
      reached.add(from.replace(/\.(?:ts|js)$/, '.d.ts'));
  }
  return reached;
}

async function newToken(permissions: ['notes:read'] | []): Promise<string> {
  const admin = await latchkey.admin();
  return (await admin.api.tokens.create.mutate({ audience: AUDIENCE, permissions })).accessToken;
}

/** Compiles as it is, and not without its `@ts-expect-error`. */
const TRPC_PROGRAM = `
import { createGuard, findProblem, type Caller } from '@latchkey/guard';
import { initTRPC } from '@trpc/server';

const [issuer = '', ...tokens] = process.argv.slice(2);
const guard = createGuard({ issuer, audience: '${AUDIENCE}' });
const t = initTRPC.context<{ headers: Record<string, string> }>().create();
const router = t.router({
  read: t.procedure.concat(guard.requires('notes:read')).query(({ ctx }) => ctx.caller satisfies Caller),
});
const read = (token: string) => t.createCallerFactory(router)({ headers: { authorization: \`Bearer \${token}\` } }).read();
for (const token of tokens) {
  const said: string = await read(token).then(({ credential }) => credential.kind, (error: unknown) => findProblem(error)?.code ?? String(error));
  console.log(said);
}
// @ts-expect-error Its context holds no headers.
initTRPC.create().procedure.concat(guard.signedIn);
`;

const PLAIN_PROGRAM = `
import { createVerifier } from '@latchkey/guard/verify';

const [issuer = '', token] = process.argv.slice(2);
const { verify } = createVerifier({ issuer, audience: '${AUDIENCE}' });
const verified = await verify({ headers: new Headers({ authorization: \`Bearer \${token}\` }) });
console.log(verified.ok ? verified.caller.permissions.join() : verified.problem.code);
`;

describe('the published package', () => {
  it('is in order for those who look with publint', async () => {
    const { messages } = await publint({
      pkgDir: 'package',
      pack: { tarball: new Uint8Array(await readFile(tarball)).buffer },
    });
    expect(messages).toEqual([]);
  });

  it('has types that everybody finds who can import it, says attw', async () => {
    const attw = join(PACKAGE, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ analysis: { types: { kind: 'included' } } });
  });

  it('asks npm for nothing of ours', async () => {
    const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json']);
    const { dependencies, peerDependencies } = JSON.parse(stdout) as Record<string, Record<string, string>>;
    expect(Object.keys({ ...dependencies, ...peerDependencies }).toSorted()).toEqual([
      '@trpc/server',
      'jose',
      'lru-cache',
      'zod',
    ]);
  });

  it('brings no declarations but those that its entries reach, and they need nothing of ours', async () => {
    const home = join(folder, 'unpacked');
    await mkdir(home);
    await run('tar', ['-xzf', tarball, '-C', home]);
    const dist = join(home, 'package/dist');
    const reached = await reachable(dist, 'index.d.ts', 'verify.d.ts');
    const brought = (await readdir(dist)).filter((name) => name.endsWith('.d.ts'));
    expect(brought.toSorted()).toEqual(
      [...reached]
        .filter((name) => name.startsWith('.'))
        .map((name) => name.slice(2))
        .toSorted(),
    );
    expect([...reached].filter((name) => name.startsWith('@latchkey/'))).toEqual([]);
  });

  it.each(['11.4.0', '11.19.0'])('guards a server on tRPC %s, installed alone', async (version) => {
    const home = await install(`trpc-${version}`, { '@trpc/server': version });
    const tokens = [await newToken(['notes:read']), await newToken([]), 'nonsense'];
    const said = await runIn(home, TRPC_PROGRAM, ...tokens);
    expect(said.split('\n')).toEqual(['access_token', 'permission_missing', 'token_invalid']);
    const options = ['--module', 'nodenext', '--target', 'es2024', '--strict', '--noEmit', '--skipLibCheck'];
    const types = ['--types', 'node', '--typeRoots', join(PACKAGE, 'node_modules/@types')];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, ...options, ...types, 'program.ts'], { cwd: home });
  });

  it('guards a server without tRPC, installed without it', async () => {
    const home = await install('plain', {});
    expect(await runIn(home, PLAIN_PROGRAM, await newToken(['notes:read']))).toBe('notes:read');
    expect(await runIn(home, PLAIN_PROGRAM, 'nonsense')).toBe('token_invalid');
  });
});
