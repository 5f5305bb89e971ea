import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, NOTES } from '@latchkey/testkit';
import { ADMIN_ENVIRONMENT, adminCookie, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const SERVER = readFileSync(join(import.meta.dirname, 'server.ts'), 'utf8');

let latchkey: ServerProcess;
let cookie: string;
let example: ChildProcess;
let notesUrl: string;
const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-example-'));

beforeAll(async () => {
  latchkey = await startServerProcess({ dataDir, env: ADMIN_ENVIRONMENT });
  cookie = await adminCookie(latchkey.url);
  const port = await freePort();
  notesUrl = `http://localhost:${port}`;
  await ask('/resources', { ...NOTES, audience: notesUrl });
  const { secret } = await newKey(['api_keys:verify']);
  example = startExample({ PORT: String(port), LATCHKEY_URL: latchkey.url, NOTES_KEY: secret });
  await vi.waitFor(() => fetch(notesUrl), { timeout: 60_000, interval: 200 });
});
afterAll(async () => {
  await stopExample();
  await latchkey.stop();
  rmSync(dataDir, { recursive: true });
});

/** By the README's own command, and in a group of processes of its own, which ends with all that the command started. */
function startExample(env: Record<string, string>): ChildProcess {
  const command = /^NOTES_KEY=\S+ (npx .+)$/m.exec(README)?.[1] ?? '';
  const options = { cwd: import.meta.dirname, shell: true, detached: true, stdio: 'inherit' } as const;
  return spawn(command, { ...options, env: { ...process.env, ...env } });
}

async function stopExample(): Promise<void> {
  const exited = once(example, 'exit');
  process.kill(-(example.pid ?? 0));
  await exited;
}

/** What the admin asks of Latchkey. */
async function ask(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await postRest(latchkey.url, path, body, cookie);
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

async function newKey(permissions: string[]): Promise<{ secret: string; id: string }> {
  const { secret, apiKey } = await ask('/api-keys', { name: 'key', permissions });
  return { secret: String(secret), id: (apiKey as { id: string }).id };
}

async function newToken(input: object = {}): Promise<string> {
  return String((await ask('/tokens', { audience: notesUrl, ...input }))['accessToken']);
}

function call(path: string, credential: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(credential && { authorization: `Bearer ${credential}` }) };
  return fetch(
    notesUrl + path,
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
  );
}

/** What both of its interfaces say to a call for the notes. */
async function outcomes(credential: string): Promise<unknown[]> {
  const [trpc, rest] = [await call('/trpc/list', credential), await call('/notes', credential)];
  return [trpc.status, rest.status, rest.ok ? 'in' : ((await rest.json()) as { code: string }).code];
}

const IN = [200, 200, 'in'];

it('is guarded in five lines', () => {
  const lines = SERVER.split('\n').filter((line) => /guard/i.test(line));
  expect(lines.length).toBeLessThanOrEqual(5);
});

describe('the example, beside a running Latchkey', () => {
  it('asks strangers for a credential', async () => {
    expect(await outcomes('')).toEqual([401, 401, 'credential_missing']);
  });

  it('takes the notes of a person who signed in, and shows them to nobody else', async () => {
    const token = await newToken();
    expect((await call('/trpc/add', token, { text: 'by tRPC' })).status).toBe(200);
    expect((await call('/notes', token, { text: 'by REST' })).status).toBe(201);
    const notes = [
      { id: 1, text: 'by tRPC' },
      { id: 2, text: 'by REST' },
    ];
    expect(await (await call('/notes', token)).json()).toEqual(notes);
    expect(await (await call('/trpc/list', token)).json()).toEqual({ result: { data: notes } });

    const { id: accountId } = await ask('/service-accounts', { name: 'another', roles: ['admin'] });
    const { secret } = await ask('/api-keys', { name: 'key', permissions: ['notes:read'], accountId });
    expect(await (await call('/notes', String(secret))).json()).toEqual([]);
  });

  it('lets a key do what it may and no more, until it is revoked', async () => {
    const { secret, id } = await newKey(['notes:read']);
    expect(await outcomes(secret)).toEqual(IN);
    const refused = await call('/trpc/add', secret, { text: 'x' });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="latchkey", error="insufficient_scope", scope="notes:write"',
    ]);
    await ask(`/api-keys/${id}/revoke`, {});
    expect(await outcomes(secret)).toEqual([401, 401, 'api_key_revoked']);
  });

  it('tells an expired token from a wrong one, and one for another audience is wrong', async () => {
    const brief = await newToken({ ttlSeconds: 1 });
    await vi.waitFor(async () => expect(await outcomes(brief)).toEqual([401, 401, 'token_expired']), {
      timeout: 10_000,
    });
    const wrong = [401, 401, 'token_invalid'];
    expect(await outcomes(`${brief.slice(0, -8)}AAAAAAAA`)).toEqual(wrong);
    expect(await outcomes(await newToken({ audience: latchkey.url }))).toEqual(wrong);
  });

  it('lets no key in while Latchkey is away, and says that it passes', async () => {
    const [{ secret }, token] = [await newKey(['notes:read']), await newToken()];
    expect([await outcomes(secret), await outcomes(token)]).toEqual([IN, IN]);
    await latchkey.stop();
    expect(await outcomes(secret)).toEqual([503, 503, 'latchkey_unavailable']);
    // A token carries its own proof, and Latchkey's keys were seen a moment ago.
    expect(await outcomes(token)).toEqual(IN);
  });
});
