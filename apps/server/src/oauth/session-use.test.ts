import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS } from '../time/index.ts';

let server: TestServer;
let app: RelyingParty;
beforeEach(async () => {
  server = await openTestServer();
  const scopes = ['openid', 'api_keys:read'];
  app = await RelyingParty.register(server, { grants: ['password', 'refresh_token'], scopes, firstParty: true });
});
afterEach(() => server.close());

const byPassword = () =>
  app.post('/oauth/token', { grant_type: 'password', username: ADMIN.email, password: ADMIN.password });
const renew = (token: string, by = app) =>
  by.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });

/** Renews an app's tokens through the days: what was answered, and the last refresh token. */
async function renewDaily(first: unknown, days: number, by = app) {
  const statuses: number[] = [];
  let token = String(first);
  for (let day = 0; day < days; day += 1) {
    server.clock.advance(DAY_MS);
    const { status, body } = await renew(token, by);
    statuses.push(status);
    token = String(body['refresh_token']);
  }
  return { statuses, token };
}

describe('a session whose app renews its tokens', () => {
  it('is used by that: it ends after thirty days, not after seven [V7.3.1] [V7.3.2]', async () => {
    const { body } = await byPassword();
    const { statuses, token } = await renewDaily(body['refresh_token'], 29);
    expect(statuses).toEqual(Array.from({ length: 29 }, () => 200));
    server.clock.advance(DAY_MS);
    expect((await renew(token)).body['error']).toBe('invalid_grant');
  });

  it('ends seven days after the last of them, and isn’t brought back by a later one', async () => {
    const { body } = await byPassword();
    const { token } = await renewDaily(body['refresh_token'], 2);
    server.clock.advance(7 * DAY_MS);
    for (let again = 0; again < 2; again += 1) expect((await renew(token)).body['error']).toBe('invalid_grant');
  });

  it('stays where its person is, not where the app is', async () => {
    const { body } = await byPassword();
    const { sid } = decodeJwt(String(body['access_token']));
    server.clock.advance(DAY_MS);
    const usedAtMs = server.clock.now();
    const form = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const renewed = await server.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: app.basic() },
      payload: new URLSearchParams(form).toString(),
      remoteAddress: '198.51.100.7',
    });
    expect(renewed.statusCode).toBe(200);
    const { items } = await (await server.admin()).api.sessions.list.query();
    const session = items.find(({ id }) => id === sid);
    expect(session).toMatchObject({ address: '127.0.0.1', lastUsedAtMs: usedAtMs });
  });

  it('is not used by what the app does while the person is away: it isn’t brought back', async () => {
    const away = await RelyingParty.register(server, { scopes: ['openid', 'offline_access', 'api_keys:read'] });
    const browser = new Browser(server);
    await browser.signIn(ADMIN.email, ADMIN.password);
    const asked = { scope: 'openid offline_access api_keys:read', prompt: 'consent' };
    const { refresh_token: first } = await away.connect(browser, asked);
    const { statuses } = await renewDaily(first, 8, away);
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
    await expect(browser.call('query', 'me.get')).rejects.toThrow('session_ended');
  });
});
