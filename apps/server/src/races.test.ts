import { setTimeout as sleep } from 'node:timers/promises';

import type { ProblemBody } from '@latchkey/schemas';
import { freshPostgresUrl, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { verifyChain } from './audit/index.ts';
import { createCookieSealer } from './crypto/index.ts';
import { SESSION_LIFETIME_MS } from './sessions/index.ts';
import { MINUTE_MS } from './time/index.ts';

const ROUNDS = 25;
const SETUP_ROUNDS = 10;
const AT_ONCE = 20;
const SECRET = 'a master secret of these tests - 32 bytes or more';
/** A round hashes twenty passwords, and slow machines run several files at once. */
const TIMEOUT_MS = 180_000;

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

type Answer = { status: number; code: string; cookie: boolean };

const atOnce = <Result>(act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => act(index)));

const tokenIn = (link: string | null) => link?.split('#')[1] ?? '';

/** How often each answer came: `{ done: 1, link_used: 19 }`. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of answers) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`${AT_ONCE} at once, ${ROUNDS} times, on ${database}`, () => {
    let server: TestServer;
    let admin: Caller;
    beforeAll(async () => {
      server = await openTestServer({ environment: { LATCHKEY_SECRET: SECRET, ...(await environment()) } });
      admin = await server.admin();
    });
    afterAll(() => server.close());

    async function post(path: string, body: object, caller = server.stranger()): Promise<Answer> {
      const answer = await caller.request<{ error?: { data: { problem: ProblemBody } } }>(
        'POST',
        `/trpc/${path}`,
        body,
      );
      const code = answer.body.error?.data.problem.code ?? 'done';
      return { status: answer.status, code, cookie: answer.headers['set-cookie'] !== undefined };
    }

    it('an invitation lets one in [B05] [B15]', { timeout: TIMEOUT_MS }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { invitationLink } = await admin.api.users.create.mutate({ email: `new-${round}@example.com` });
        const token = tokenIn(invitationLink);
        const answers = await atOnce((index) =>
          post('invitations.accept', { token, name: `New ${index}`, password: `a good password ${index}` }),
        );
        expect([round, tally(answers)]).toEqual([round, { done: 1, link_used: AT_ONCE - 1 }]);
        expect(answers.filter(({ cookie }) => cookie)).toHaveLength(1);
        const { items } = await admin.api.users.list.query({ q: `new-${round}@` });
        expect(items.map(({ name, status }) => [name, status])).toEqual([
          [`New ${answers.findIndex(({ code }) => code === 'done')}`, 'active'],
        ]);
      }
    });

    it('a key’s rotations leave one secret that works [B05]', { timeout: TIMEOUT_MS }, async () => {
      const { apiKey } = await admin.api.apiKeys.create.mutate({ name: 'rotated', permissions: [] });
      for (let round = 0; round < ROUNDS; round += 1) {
        const rotations = await atOnce(async () => {
          const { status, body } = await admin.rest<{ secret: string } & ProblemBody>(
            'POST',
            `/api-keys/${apiKey.id}/rotate`,
            {},
          );
          return { secret: body.secret, outcome: status === 200 ? 'done' : body.code };
        });
        const outcomes = new Set(rotations.map(({ outcome }) => outcome));
        expect([round, outcomes.has('done')]).toEqual([round, true]);
        outcomes.delete('done');
        outcomes.delete('state_conflict');
        expect([round, outcomes]).toEqual([round, new Set()]);
        const secrets = rotations.flatMap(({ secret }) => secret ?? []);
        const uses = secrets.map((secret) => server.stranger().rest('GET', '/me', undefined, { 'x-api-key': secret }));
        const working = (await Promise.all(uses)).filter(({ status }) => status === 200);
        expect([round, working.length]).toEqual([round, 1]);
      }
    });

    it('a key that is revoked among rotations stays dead', { timeout: TIMEOUT_MS }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'revoked', permissions: [] });
        const answers = await atOnce((index) =>
          admin.rest<{ secret?: string }>(
            'POST',
            `/api-keys/${apiKey.id}/${index % 4 === 3 ? 'revoke' : 'rotate'}`,
            index % 4 === 3 ? undefined : { graceSeconds: 60 },
          ),
        );
        expect([round, answers.filter(({ status }) => status !== 200 && status !== 409)]).toEqual([round, []]);
        const secrets = [secret, ...answers.flatMap(({ body }) => body.secret ?? [])];
        const uses = secrets.map((each) => server.stranger().rest('GET', '/me', undefined, { 'x-api-key': each }));
        expect([round, (await Promise.all(uses)).filter(({ status }) => status !== 401)]).toEqual([round, []]);
      }
    });

    it('a session’s renewals agree on one successor, and sign nobody out [B05]', { timeout: TIMEOUT_MS }, async () => {
      const sealer = createCookieSealer({ secrets: [SECRET], ttlMs: SESSION_LIFETIME_MS, clock: server.clock.now });
      const tab = await server.admin();
      for (let round = 0; round < ROUNDS; round += 1) {
        server.clock.advance(6 * MINUTE_MS);
        const cookie = `__Host-latchkey=${tab.cookie}`;
        const renewals = await atOnce(async (index) => {
          await sleep(index % 4 === 0 ? 0 : (index * 7) % 50);
          return server.stranger().rest('GET', '/me', undefined, { cookie });
        });
        expect([round, new Set(renewals.map(({ status }) => status))]).toEqual([round, new Set([200])]);
        const sealed = renewals.map(({ headers }) => /latchkey=([^;]+)/.exec(String(headers['set-cookie']))?.[1] ?? '');
        const successors = await Promise.all(sealed.map(async (each) => (await sealer.open(each))?.refreshToken));
        expect([round, new Set(successors).size]).toEqual([round, 1]);
        tab.cookie = sealed[round % AT_ONCE]!;
      }
      expect((await tab.api.audit.list.query({ act: 'session.refresh_reused' })).items).toEqual([]);
    });

    it('a set-up link makes one admin [B05] [B15]', { timeout: TIMEOUT_MS }, async () => {
      const { signIn } = server.services;
      for (let round = 0; round < SETUP_ROUNDS; round += 1) {
        await forgetEverybody(server);
        const token = tokenIn(await signIn.issueSetupLink());
        const answers = await atOnce((index) =>
          post('setup.complete', { token, email: `a${index}@example.com`, name: 'A', password: 'a good password' }),
        );
        expect([round, tally(answers)]).toEqual([round, { done: 1, link_used: AT_ONCE - 1 }]);
        expect(answers.filter(({ cookie }) => cookie)).toHaveLength(1);
        const { items } = await server.services.people.list({ limit: 100 });
        expect(items.map(({ roles }) => roles)).toEqual([['admin']]);
      }
    });

    it('the audit’s chain is whole, and no error was ours', async () => {
      expect(await verifyChain(server.storage.read)).toBeNull();
      expect(server.logged()).not.toMatch(/"level":"(?:error|fatal)"/);
    });
  });
}

/** As before the first start, but for the audit log. */
async function forgetEverybody({ storage }: TestServer): Promise<void> {
  await storage.transact(async ({ db, tables }) => {
    for (const table of ['links', 'sessions', 'knownDevices', 'apiKeys', 'accountRoles', 'accounts'] as const)
      await db.delete(tables[table]);
  });
}
