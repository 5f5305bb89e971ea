import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ALL_PERMISSIONS, type ApiKeyId, type ProblemBody } from '@latchkey/schemas';
import {
  ADMIN,
  callRest,
  callWithText,
  openPostgres,
  openTestServer,
  proceduresOf,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { verifyChain } from './audit/index.ts';

/** Longer than the server takes to look at its file again. */
const NOTICED_AFTER_MS = 400;

/** A database that can be broken under the running server, and mended. */
type Breakable = { environment: Record<string, string>; breaks: Record<string, Outage>; remove(): Promise<void> };
type Outage = (dataDir: string) => Promise<() => Promise<void>>;

const sqliteFile = (dataDir: string) => join(dataDir, 'latchkey.sqlite');

/** In place: the file stays the same one, as when a disk goes bad or a person's script writes to it. */
function overwrite(file: string, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, 0);
  closeSync(handle);
}

const BREAKABLE: Record<string, () => Promise<Breakable>> = {
  SQLite: async () => ({
    environment: {},
    breaks: {
      'damaged in place': async (dataDir) => {
        const file = sqliteFile(dataDir);
        const good = readFileSync(file);
        overwrite(file, Buffer.alloc(good.length, 'x'));
        return async () => overwrite(file, good);
      },
      'moved away': async (dataDir) => {
        const file = sqliteFile(dataDir);
        renameSync(file, `${file}.away`);
        return async () => renameSync(`${file}.away`, file);
      },
      'emptied, with another file in its place': async (dataDir) => {
        const file = sqliteFile(dataDir);
        renameSync(file, `${file}.away`);
        writeFileSync(file, '');
        return async () => renameSync(`${file}.away`, file);
      },
    },
    remove: async () => undefined,
  }),
  PostgreSQL: async () => {
    const postgres = await openPostgres();
    return {
      environment: { DATABASE_URL: postgres.url },
      breaks: {
        stopped: async () => {
          await postgres.stop();
          return () => postgres.start();
        },
      },
      remove: () => postgres.remove(),
    };
  },
};

let server: TestServer;
let callers: Record<string, Caller>;

async function makeCallers(): Promise<Record<string, Caller>> {
  const session = await server.admin();
  const worker = await session.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['admin'] });
  const input = { name: 'key', permissions: ALL_PERMISSIONS, accountId: worker.id };
  const { secret } = await session.api.apiKeys.create.mutate(input);
  const { accessToken } = await session.api.tokens.create.mutate({ ttlSeconds: 900 });
  return {
    session,
    'API key': server.stranger().with({ 'x-api-key': secret }),
    'access token': server.stranger().with({ authorization: `Bearer ${accessToken}` }),
  };
}

async function statusOf(path: string): Promise<number> {
  return (await server.stranger().request('GET', path)).status;
}

/** Every procedure, by every credential and both ways: what any of them answered, with how often. */
async function answersDuringOutage(): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (const procedure of proceduresOf(server.router).filter(({ path }) => !isOpen(path))) {
    for (const caller of Object.values(callers)) {
      const answers = [await callWithText(caller, procedure, '{}')];
      if (procedure.rest) answers.push(await callRest(caller, procedure.rest, idsIn(procedure.rest.path)));
      for (const { status, problem, headers } of answers) {
        const what = `${status} ${problem?.code} ${Number(headers['retry-after']) > 0}`;
        seen[what] = (seen[what] ?? 0) + 1;
      }
    }
  }
  return seen;
}

/** Something for each name in a path: with nothing there, it would be another path. */
const idsIn = (path: string) =>
  Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, '0'.repeat(22)]));

const OPEN = /^(?:server|setup|signIn|signUp|invitations|passwordReset)\.|^email\.(?:verify|change|takeBack)$/;
const isOpen = (path: string) => OPEN.test(path);

const signIn = () => server.stranger().rest('POST', '/session', ADMIN);

for (const [database, prepare] of Object.entries(BREAKABLE)) {
  describe(`a server whose ${database} fails while it runs`, () => {
    let breakable: Breakable;
    beforeAll(async () => {
      breakable = await prepare();
      server = await openTestServer({ environment: breakable.environment });
      callers = await makeCallers();
    });
    afterAll(async () => {
      await server.close();
      await breakable.remove();
    });

    it('answers 503 to every credential and lets nobody in, and works again without a restart [B19]', async () => {
      for (const [how, breakIt] of Object.entries(breakable.breaks)) {
        const mend = await breakIt(server.dataDir);
        await sleep(NOTICED_AFTER_MS);
        expect([how, Object.keys(await answersDuringOutage())]).toEqual([how, ['503 storage_unavailable true']]);
        const attempt = await signIn();
        expect([how, attempt.status, attempt.headers['set-cookie']]).toEqual([how, 503, undefined]);
        // Without a credential there is nothing to ask the database, and with a bad one no reason to let it in.
        expect((await server.stranger().rest('GET', '/me')).status).toBe(401);
        const guess = server.stranger().with({ 'x-api-key': `lk_${'0'.repeat(71)}` });
        expect((await guess.rest('GET', '/me')).status).toBe(401);
        expect([how, await statusOf('/readyz'), await statusOf('/healthz')]).toEqual([how, 503, 200]);

        await mend();
        await sleep(NOTICED_AFTER_MS);
        expect([how, await statusOf('/readyz')]).toEqual([how, 200]);
        for (const [kind, caller] of Object.entries(callers)) {
          expect([how, kind, (await caller.rest('GET', '/me')).status]).toEqual([how, kind, 200]);
        }
        expect([how, (await signIn()).status]).toEqual([how, 200]);
        await expect(callers['session']!.api.settings.update.mutate({ signUpOpen: true })).resolves.toBeTruthy();
        expect(await verifyChain(server.storage.read)).toBeNull();
      }
    });
  });
}

describe('a server whose database answers with errors', () => {
  it('lets nobody in, and says nothing of them [B19]', async () => {
    server = await openTestServer();
    callers = await makeCallers();
    const beside = new Database(sqliteFile(server.dataDir));
    for (const table of ['sessions', 'api_keys']) beside.exec(`alter table ${table} rename to ${table}_gone`);
    for (const caller of Object.values(callers)) {
      const { status, body } = await caller.rest<ProblemBody>('GET', '/me');
      expect([status, body.code, body.detail]).toEqual([500, 'internal', 'Something failed here. It was logged.']);
    }
    for (const table of ['sessions', 'api_keys']) beside.exec(`alter table ${table}_gone rename to ${table}`);
    beside.close();
    for (const caller of Object.values(callers)) expect((await caller.rest('GET', '/me')).status).toBe(200);
    await server.close();
  });

  it('stops in order though the database is gone: what it loses is when credentials were last used', async () => {
    server = await openTestServer();
    const file = sqliteFile(server.dataDir);
    renameSync(file, `${file}.away`);
    await sleep(NOTICED_AFTER_MS);
    server.lastUse.apiKey('0'.repeat(22) as ApiKeyId);
    await expect(server.close()).resolves.toBeUndefined();
    expect(server.logged()).toContain('background work failed');
  });
});
