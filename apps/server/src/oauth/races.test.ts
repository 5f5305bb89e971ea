import { freshPostgresUrl, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { verifyChain } from '../audit/index.ts';
import { SECOND_MS } from '../time/index.ts';

const ROUNDS = 50;
const AT_ONCE = 20;
const TIMEOUT_MS = 240_000;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

type Answer = { status: number; body: Record<string, unknown> };

const atOnce = <Result>(act: () => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, act));

/** How often each answer came: `{ done: 1, invalid_grant: 19 }`. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const outcome = status === 200 ? 'done' : String(body['error']);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
const ONE = { done: 1, invalid_grant: AT_ONCE - 1 };

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`${AT_ONCE} at once, ${ROUNDS} times, on ${database}`, () => {
    let server: TestServer;
    let app: RelyingParty;
    let browser: Browser;
    beforeAll(async () => {
      server = await openTestServer({ environment: await environment() });
      const grants = ['authorization_code', 'refresh_token', 'device_code'];
      app = await RelyingParty.register(server, { scopes: ['openid'], firstParty: true, grants });
      browser = new Browser(server);
      await browser.signIn();
    });
    afterAll(() => server.close());

    const token = (form: Record<string, string>) => app.post('/oauth/token', form);

    it(
      'a code gives one set of tokens, which nobody can use [B05] [P01] [P02] [V10.4.2]',
      { timeout: TIMEOUT_MS },
      async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const { callback, verifier } = await app.authorize(browser);
          const code = new URL(callback).searchParams.get('code') ?? '';
          const form = { code, redirect_uri: app.redirectUri, code_verifier: verifier };
          const answers = await atOnce(() => token({ grant_type: 'authorization_code', ...form }));
          expect([round, tally(answers)]).toEqual([round, ONE]);
          const { body } = answers.find(({ status }) => status === 200) ?? expect.fail('nobody got tokens');
          const used = await app.post('/oauth/userinfo', { unused: '' }, `Bearer ${String(body['access_token'])}`);
          const renewed = await token({ grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) });
          expect([round, used.status, renewed.body['error']]).toEqual([round, 401, 'invalid_grant']);
        }
      },
    );

    it(
      'a refresh token has one successor, and none once that was replaced [P05]',
      { timeout: TIMEOUT_MS },
      async () => {
        let { refresh_token: current = '' } = await app.connect(browser);
        for (let round = 0; round < ROUNDS; round += 1) {
          const form = { grant_type: 'refresh_token', refresh_token: current };
          const answers = await atOnce(() => token(form));
          const successors = new Set(answers.map(({ body }) => body['refresh_token']));
          expect([round, tally(answers), successors.size]).toEqual([round, { done: AT_ONCE }, 1]);
          current = String(answers[0]?.body['refresh_token']);
        }
        server.clock.advance(11 * SECOND_MS);
        const { body } = await token({ grant_type: 'refresh_token', refresh_token: current });
        server.clock.advance(11 * SECOND_MS);
        const late = await atOnce(() => token({ grant_type: 'refresh_token', refresh_token: current }));
        expect(tally(late)).toEqual({ invalid_grant: AT_ONCE });
        const newest = await token({ grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) });
        expect(newest.body['error']).toBe('invalid_grant');
      },
    );

    it('a device’s code gives one set of tokens [B05]', { timeout: TIMEOUT_MS }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        server.clock.advance(61 * SECOND_MS);
        const { body } = await app.post('/oauth/device', { scope: 'openid' });
        await browser.call('mutation', 'device.decide', { userCode: body['user_code'], allow: true });
        const form = { grant_type: DEVICE_CODE, device_code: String(body['device_code']) };
        const answers = await atOnce(() => token(form));
        expect([round, tally(answers)]).toEqual([round, ONE]);
      }
    });

    it('a pushed request gives one code [B05]', { timeout: TIMEOUT_MS }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { url } = await app.begin();
        const { body } = await app.post('/oauth/par', Object.fromEntries(new URL(url).searchParams));
        const query = new URLSearchParams({ client_id: app.clientId, request_uri: String(body['request_uri']) });
        const pages = await atOnce(() => browser.request('GET', `/oauth/authorize?${query.toString()}`));
        const codes = pages.filter(({ headers }) => headers['location']?.includes('code='));
        const failures = pages.filter(({ status }) => status >= 500);
        expect([round, codes.length, failures.length]).toEqual([round, 1, 0]);
      }
    });

    it('the audit’s chain is whole, and no error was ours', async () => {
      expect(await verifyChain(server.storage.read)).toBeNull();
      expect(server.logged()).not.toMatch(/"level":"(?:error|fatal)"/);
    });
  });
}
