import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ADMIN_ENVIRONMENT, adminCookie, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import Database from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { verifyChain } from './audit/index.ts';
import { openStorage } from './storage/index.ts';

const ROUNDS = 50;
const AT_ONCE = 8;
/** How many keys a round lets the server acknowledge; the others under way are cut off at whatever point they are. */
const MADE_BEFORE_KILL = (round: number) => round % 17;

type Made = { id: string; secret: string };

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-kill-'));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function start(): Promise<ServerProcess> {
  return startServerProcess({ dataDir, env: { ...ADMIN_ENVIRONMENT, LOG_LEVEL: 'warn' } });
}

/** Makes keys one after the other until the server is gone. Only what was answered in full counts as acknowledged. */
async function makeKeys(url: string, cookie: string, acknowledged: Made[]): Promise<void> {
  for (;;) {
    try {
      const answer = await postRest(url, '/api-keys', { name: 'killed', permissions: ['api_keys:read'] }, cookie);
      const { apiKey, secret } = (await answer.json()) as { apiKey: { id: string }; secret: string };
      expect(answer.status).toBe(201);
      acknowledged.push({ id: apiKey.id, secret });
    } catch (error) {
      // What fetch throws when the connection breaks; anything else is a fault of this test.
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

async function kept(): Promise<{ keys: Set<string>; recorded: Set<string>; brokenAt: number | null }> {
  const storage = await openStorage({ kind: 'sqlite', file: join(dataDir, 'latchkey.sqlite') });
  try {
    const { apiKeys, auditEntries } = storage.read.tables;
    const keys = await storage.read.db.select({ id: apiKeys.id }).from(apiKeys);
    const created = eq(auditEntries.act, 'api_key.created');
    const entries = await storage.read.db.select({ id: auditEntries.targetId }).from(auditEntries).where(created);
    return {
      keys: new Set(keys.map(({ id }) => id)),
      recorded: new Set(entries.map(({ id }) => String(id))),
      brokenAt: await verifyChain(storage.read),
    };
  } finally {
    await storage.close();
  }
}

function integrity(): unknown {
  const database = new Database(join(dataDir, 'latchkey.sqlite'), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

/** What was acknowledged before this start is there now: keys, their entries, an unbroken chain, a sound file. */
async function expectNothingLost(url: string, acknowledged: readonly Made[]): Promise<void> {
  const { keys, recorded, brokenAt } = await kept();
  expect(acknowledged.filter(({ id }) => !keys.has(id))).toEqual([]);
  expect(recorded).toEqual(keys);
  expect(brokenAt).toBeNull();
  expect(integrity()).toBe('ok');
  for (const { secret } of acknowledged.slice(-1)) {
    const me = await fetch(`${url}/api/v1/me`, { headers: { 'x-api-key': secret } });
    expect(me.status).toBe(200);
  }
}

it(`[K01] keeps every acknowledged key and its audit entry through ${ROUNDS} kills in the middle of making keys`, async () => {
  const acknowledged: Made[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = await start();
    await expectNothingLost(server.url, acknowledged);
    const cookie = await adminCookie(server.url);
    const goal = acknowledged.length + MADE_BEFORE_KILL(round);
    const makers = Array.from({ length: AT_ONCE }, () => makeKeys(server.url, cookie, acknowledged));
    while (acknowledged.length < goal) await sleep(1);
    await server.stop('SIGKILL');
    await Promise.all(makers);
  }
  const server = await start();
  await expectNothingLost(server.url, acknowledged);
  await server.stop();
  expect(acknowledged.length).toBeGreaterThan(ROUNDS);
}, 600_000);
