import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let server: TestServer;
let app: RelyingParty;
beforeAll(async () => {
  server = await openTestServer();
  app = await RelyingParty.register(server, {
    scopes: ['openid', 'offline_access', 'api_keys:read'],
    grants: ['authorization_code', 'refresh_token', 'device_code'],
  });
});
afterAll(() => server.close());

/** Somebody who allowed the app to stay connected, and has just approved a device of it. */
async function connected(email: string) {
  const { id } = await (await server.person(email)).api.me.get.query();
  const browser = new Browser(server);
  await browser.signIn(email, ADMIN.password);
  const tokens = await app.connect(browser, { scope: 'openid offline_access api_keys:read' });
  const authorized = await app.authorize(browser);
  const { body: device } = await app.post('/oauth/device', { scope: 'openid' });
  const userCode = device['user_code'];
  await browser.call('mutation', 'device.find', { userCode });
  await browser.call('mutation', 'device.decide', { userCode, allow: true });
  return { id, browser, tokens, authorized, deviceCode: String(device['device_code']) };
}

async function whatWorks({ tokens, authorized, deviceCode }: Awaited<ReturnType<typeof connected>>) {
  const { access_token: token, refresh_token: refreshToken = '' } = tokens;
  const me = await server
    .stranger()
    .with({ authorization: `Bearer ${token}` })
    .rest('GET', '/me');
  const renewed = await app.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  const polled = await app.post('/oauth/token', { grant_type: DEVICE_CODE, device_code: deviceCode });
  const redeemed = await app.redeem(authorized).then(
    () => 200,
    () => 400,
  );
  const introspected = await app.post('/oauth/introspect', { token });
  return [me.status, renewed.status, polled.status, redeemed, introspected.body['active']];
}
const NOTHING = [401, 400, 400, 400, false];

describe('what apps were allowed', () => {
  it('ends with a lockdown at once, is named, and is asked for again', async () => {
    const ada = await connected('ada@example.com');
    const ended = await ada.browser.call<{ apps: string[] }>('mutation', 'me.lockDown');
    expect(ended.apps).toEqual(['Notes app']);
    expect(await whatWorks(ada)).toEqual(NOTHING);
    const token = await server.tokenMailedTo('ada@example.com');
    const back = { token, password: 'another good password' };
    await server.stranger().api.passwordReset.complete.mutate(back);
    const again = new Browser(server);
    await again.signIn('ada@example.com', back.password);
    expect(await again.call('query', 'grants.list')).toEqual({ items: [] });
    expect((await again.open((await app.begin()).url)).url).toContain('/consent/');
    expect(await whatWorks(ada)).toEqual(NOTHING);
    const { items } = await (await server.admin()).api.audit.list.query({ act: 'account.locked_down' });
    expect(items[0]?.details['appIds']).toEqual([app.clientId]);
  });

  it('is worth nothing while its person is disabled, nor afterwards [P07] [P25] [B23]', async () => {
    const eve = await connected('eve@example.com');
    const admin = await server.admin();
    await admin.api.users.update.mutate({ id: eve.id, disabled: true });
    expect(await whatWorks(eve)).toEqual(NOTHING);
    await admin.api.users.update.mutate({ id: eve.id, disabled: false });
    expect(await whatWorks(eve)).toEqual(NOTHING);
  });

  it('goes on while strangers guess at its person’s password: nobody is thrown out by them [P25]', async () => {
    const carol = await connected('carol@example.com');
    const guess = { email: 'carol@example.com', password: 'wrong' };
    for (let tries = 0; tries < 11; tries += 1) await server.stranger().rest('POST', '/session', guess);
    expect((await server.stranger().rest('POST', '/session', guess)).status).toBe(429);
    expect(await whatWorks(carol)).toEqual([200, 200, 200, 200, true]);
  });

  it('works before, so that the ends above are ends', async () => {
    expect(await whatWorks(await connected('bob@example.com'))).toEqual([200, 200, 200, 200, true]);
  });
});
