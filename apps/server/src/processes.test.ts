import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ADMIN_ENVIRONMENT, adminCookie, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const ASKED = 20;

let dataDir: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-processes-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(dataDir, { recursive: true });
});

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  server = await startServerProcess({ dataDir, env: { LATCHKEY_WORKERS: '2', ...env } });
  return server;
}

/** Each over a connection of its own, which the primary gives to one process after the other. */
function ask(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(`${server?.url}${path}`, { agent: false, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

async function statuses(path: string, headers: Record<string, string> = {}): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: ASKED }, () => ask(path, headers)));
  return [...new Set(answers.map(({ status }) => status))];
}

function processesOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('two processes', () => {
  it('answer on one port, and count together', async () => {
    const { url, pid } = await start();
    expect(new URL(url).port).not.toBe('0');
    expect(processesOf(pid)).toHaveLength(2);
    await statuses('/healthz');
    const line = /^latchkey_http_requests_total\{route="\/healthz",method="GET",status="200"\} (\d+)$/m;
    // Whichever of them is asked.
    for (let time = 0; time < 4; time += 1) {
      const { body } = await ask('/metrics');
      expect(Number(line.exec(body)?.[1])).toBe(ASKED);
      expect(body).toMatch(/^latchkey_info\{.*\} 1$/m);
    }
  });

  it('let the first admin in by a link that is printed once', async () => {
    const { log, setupLink } = await start();
    const token = new URL(await setupLink()).hash.slice(1);
    expect(log().match(/Finish setup/g)).toHaveLength(1);
    expect(log().match(/Latchkey is at/g)).toHaveLength(1);
    expect(token).toMatch(/^[0-9A-Za-z]{43}$/);
  });

  it('both refuse what one of them has revoked', async () => {
    const { url } = await start(ADMIN_ENVIRONMENT);
    const cookie = await adminCookie(url);
    const made = await postRest(url, '/api-keys', { name: 'shared', permissions: ['api_keys:read'] }, cookie);
    const { apiKey, secret } = (await made.json()) as { apiKey: { id: string }; secret: string };
    expect(await statuses('/api/v1/me', { 'x-api-key': secret })).toEqual([200]);
    expect(await statuses('/api/v1/me', { cookie })).toEqual([200]);
    expect((await postRest(url, `/api-keys/${apiKey.id}/revoke`, {}, cookie)).ok).toBe(true);
    expect(await statuses('/api/v1/me', { 'x-api-key': secret })).toEqual([401]);
  });

  it('are two again when one was killed', async () => {
    const { pid, log } = await start();
    const [first = 0, second] = processesOf(pid);
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(processesOf(pid).filter((each) => each !== first)).toHaveLength(2), 10_000);
    expect(processesOf(pid)).toContain(second);
    await vi.waitFor(() => expect(log().match(/Server listening/g)).toHaveLength(3), 10_000);
    expect(log()).toContain('"msg":"a process ended; another one takes its place"');
    expect(await statuses('/readyz')).toEqual([200]);
  });

  it('go on while one of them is stopped and all are asked what they counted', async () => {
    const { pid, log } = await start();
    const [first = 0] = processesOf(pid);
    const asking = Array.from({ length: 10 }, async () => {
      for (let time = 0; time < ASKED; time += 1) await ask('/metrics').catch(() => undefined);
    });
    process.kill(first, 'SIGTERM');
    await Promise.all(asking);
    await vi.waitFor(() => expect(log().match(/Server listening/g)).toHaveLength(3), 10_000);
    expect(await statuses('/metrics')).toEqual([200]);
  });

  it('begin no empty database where theirs is gone', async () => {
    const { pid, log } = await start();
    const away = mkdtempSync(join(tmpdir(), 'latchkey-processes-'));
    for (const name of readdirSync(dataDir).filter((each) => each.startsWith('latchkey.sqlite'))) {
      renameSync(join(dataDir, name), join(away, name));
    }
    process.kill(processesOf(pid)[0] ?? 0, 'SIGKILL');
    await vi.waitFor(
      () => expect(log()).toContain("can't start: LATCHKEY_DATA_DIR holds a database that can't be used"),
      10_000,
    );
    expect(await statuses('/readyz')).toEqual([503]);
    for (const name of readdirSync(away)) renameSync(join(away, name), join(dataDir, name));
    rmSync(away, { recursive: true });
    await vi.waitFor(() => expect(log().match(/Server listening/g)).toHaveLength(3), 10_000);
    await vi.waitFor(async () => expect(await statuses('/readyz')).toEqual([200]), 5_000);
  });

  it('find what the other has refused', async () => {
    const { url } = await start(ADMIN_ENVIRONMENT);
    const cookie = await adminCookie(url);
    const made = await postRest(url, '/api-keys', { name: 'narrow', permissions: ['api_keys:read'] }, cookie);
    const { secret } = (await made.json()) as { secret: string };
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await ask('/api/v1/audit', { 'x-api-key': secret });
      expect(status).toBe(403);
      const { denialId } = JSON.parse(body) as { denialId: string };
      expect(await statuses(`/api/v1/denials/${denialId}`, { cookie })).toEqual([200]);
    }
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('end with their primary by %s', async (signal) => {
    const { pid, stop } = await start();
    const both = processesOf(pid);
    await stop(signal);
    server = undefined;
    await vi.waitFor(() => expect(both.filter(isRunning)).toEqual([]), 5_000);
  });
});
