import { ADMIN, freePort, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, goThrough } from '@latchkey/testkit/relying-party';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createServer } from './server.ts';

type Made = { clientId: string; clientSecret: string };

let latchkey: TestServer;
let url: string;
let app: FastifyInstance;
beforeAll(async () => {
  latchkey = await openTestServer({ listens: true });
  const port = await freePort();
  url = `http://localhost:${port}`;
  const made = await (
    await latchkey.admin()
  ).rest<Made>('POST', '/apps', {
    name: 'Example',
    redirectUris: [`${url}/callback`],
    postLogoutRedirectUris: [url],
    scopes: ['openid', 'profile', 'email'],
  });
  app = await createServer({ port, url, issuer: latchkey.publicUrl, ...made.body });
});
afterAll(async () => {
  await app?.close();
  await latchkey?.close();
});

/** A browser at the app, which keeps its one cookie. */
function atTheApp() {
  let cookie = '';
  return async (method: 'GET' | 'POST', address: string) => {
    const answer = await app.inject({ method, url: address.replace(url, ''), headers: { cookie } });
    cookie = String(answer.headers['set-cookie'] ?? cookie).split(';')[0] ?? '';
    return { status: answer.statusCode, location: answer.headers.location ?? '', body: answer.body };
  };
}

async function signIn() {
  const [visit, browser] = [atTheApp(), new Browser(latchkey)];
  await browser.signIn();
  const { location } = await visit('GET', '/sign-in');
  const { url: callback } = await goThrough(browser, location);
  return { visit, browser, callback };
}

describe('the example app, with openid-client as it is', () => {
  it('signs a person in, asks who they are, renews, and signs them out here and there', async () => {
    const { visit, browser, callback } = await signIn();
    const { id } = await (await latchkey.admin()).api.me.get.query();
    expect(await visit('GET', callback)).toMatchObject({ status: 302, location: '/' });
    expect(JSON.parse((await visit('GET', '/')).body)).toEqual({ subject: id });
    expect(JSON.parse((await visit('GET', '/userinfo')).body)).toMatchObject({ sub: id, email: ADMIN.email });
    expect(JSON.parse((await visit('POST', '/refresh')).body)).toEqual({ renewed: true });
    expect((await visit('GET', '/userinfo')).status).toBe(200);

    const { location } = await visit('GET', '/sign-out');
    const asked = await browser.open(location);
    expect(asked.body).toContain('Example asks to sign you out.');
    expect((await browser.confirmSignOut(asked)).headers['location']).toBe(`${url}/`);
    expect(JSON.parse((await visit('GET', '/')).body)).toEqual({ subject: null });
    expect((await visit('GET', '/userinfo')).status).toBe(401);
    await expect(browser.call('query', 'me.get')).rejects.toThrow('session_ended');
  });

  it('takes no sign-in that began in another browser, and none twice [B22] [oidcc-codereuse]', async () => {
    const { visit, callback } = await signIn();
    const victim = atTheApp();
    expect((await victim('GET', callback)).status).toBe(400);
    await victim('GET', '/sign-in');
    expect((await victim('GET', callback)).status).toBe(400);
    expect((await visit('GET', callback)).status).toBe(302);
    expect((await visit('GET', callback)).status).toBe(400);
  });

  it('notices at the next renewal that Latchkey’s session has ended', async () => {
    const { visit, browser, callback } = await signIn();
    await visit('GET', callback);
    await browser.call('mutation', 'session.end');
    const refused = await visit('POST', '/refresh');
    expect([refused.status, JSON.parse(refused.body)]).toEqual([401, { error: 'invalid_grant' }]);
  });
});
