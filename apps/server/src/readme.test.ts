import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '@latchkey/testkit';
import { ADMIN, ADMIN_ENVIRONMENT, adminCookie, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const README = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
const GUARD = join(import.meta.dirname, '../../../packages/guard');

let latchkey: ServerProcess;
let sample: ChildProcess;
let sampleUrl: string;
/** Among the packages of this workspace, so that the sample finds `@trpc/server`. */
const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.readme-'));
const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));

beforeAll(async () => {
  latchkey = await startServerProcess({ dataDir, env: ADMIN_ENVIRONMENT });
  await startSample(await newKey('api_keys:verify'));
});

afterAll(async () => {
  sample?.kill();
  await latchkey?.stop();
  for (const each of [folder, dataDir]) rmSync(each, { recursive: true });
});

async function newKey(permission: string): Promise<string> {
  const body = { name: permission, permissions: [permission] };
  const answer = await postRest(latchkey.url, '/api-keys', body, await adminCookie(latchkey.url));
  return ((await answer.json()) as { secret: string }).secret;
}

async function startSample(key: string): Promise<void> {
  const code = /```ts\n(.*?)```/s.exec(README)?.[1] ?? '';
  const file = join(folder, 'notes.mjs');
  mkdirSync(join(folder, 'node_modules/@latchkey'), { recursive: true });
  symlinkSync(GUARD, join(folder, 'node_modules/@latchkey/guard'), 'junction');
  writeFileSync(file, stripTypeScriptTypes(code));
  const port = await freePort();
  sampleUrl = `http://localhost:${port}`;
  const env = { PORT: String(port), LATCHKEY_URL: latchkey.url, MY_KEY: key };
  sample = spawn(process.execPath, [file], { env, stdio: 'inherit' });
  await vi.waitFor(() => fetch(sampleUrl), { timeout: 20_000 });
}

function whoami(key: string): Promise<Response> {
  return fetch(`${sampleUrl}/whoami`, { headers: { 'x-api-key': key } });
}

it("runs the README's guarded procedure: a key with the permission gets in, others are told why not", async () => {
  const answer = await whoami(await newKey('audit:read'));
  expect(await answer.json()).toMatchObject({ result: { data: expect.stringMatching(/^acc_/) } });

  const refused = await whoami(await newKey('users:read'));
  expect(refused.status).toBe(403);
  expect(refused.headers.get('www-authenticate')).toContain('scope="audit:read"');
  expect(await refused.text()).toContain("You don't have audit:read.");
  expect((await whoami('lk_nonsense')).status).toBe(401);
});

it("answers the README's first curl with whose key it is and what it may do", async () => {
  const key = await newKey('api_keys:read');
  const answer = await fetch(`${latchkey.url}/api/v1/me`, { headers: { 'x-api-key': key } });
  expect(await answer.json()).toMatchObject({ email: ADMIN.email, permissions: ['api_keys:read'] });
});
