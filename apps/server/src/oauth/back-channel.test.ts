import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { AccountId, SessionId } from '@latchkey/schemas';
import { ADMIN, freshPostgresUrl, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

const NEW_PASSWORD = 'another good password';
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

describe.each(Object.entries(ENVIRONMENTS))(
  'the app’s own server (OpenID Connect Back-Channel Logout), on %s',
  (_, environment) => {
    let server: TestServer;
    let app: RelyingParty;
    let site: Server;
    /** The statements that it was told, and how it answers. */
    let told: string[] = [];
    const well = (response: ServerResponse): void => void response.end();
    let answer = well;

    async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
      told.push(new URLSearchParams(await text(request)).get('logout_token') ?? '');
      answer(response);
    }

    beforeAll(async () => {
      server = await openTestServer({ environment: await environment() });
      site = createServer((request, response) => void hear(request, response)).listen(0, '127.0.0.1');
      await once(site, 'listening');
      app = await RelyingParty.register(server, {
        backchannelLogoutUri: `http://127.0.0.1:${(site.address() as AddressInfo).port}/signed-out`,
        scopes: ['openid', 'offline_access'],
        firstParty: true,
      });
    });
    afterEach(async () => {
      answer = well;
      server.clock.advance(24 * HOUR_MS);
      await server.signOuts.look();
      told = [];
    });
    afterAll(async () => {
      site.close();
      await server.close();
    });

    let people = 0;
    /** Somebody who is signed in to the app, at a browser and elsewhere. */
    async function connected() {
      people += 1;
      const email = `person-${people}@example.com`;
      const elsewhere = await server.person(email);
      const browser = new Browser(server);
      await browser.signIn(email, ADMIN.password);
      const tokens = await app.connect(browser);
      const { items } = await browser.call<{ items: { id: SessionId; current: boolean }[] }>('query', 'sessions.list');
      const session = items.find(({ current }) => current)!.id;
      return { email, elsewhere, browser, session, hint: tokens.id_token ?? '', claims: tokens.claims()! };
    }
    type Connected = Awaited<ReturnType<typeof connected>>;
    const idOf = ({ claims }: Connected) => claims.sub as AccountId;

    /** What the statements say, each of them verified as an app has to. */
    async function heard() {
      await server.signOuts.look();
      const { body } = await server.stranger().request('GET', '/.well-known/jwks.json');
      const statements = told.map(async (token) => {
        const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(body as never), {
          issuer: server.publicUrl,
          audience: app.clientId,
          typ: 'logout+jwt',
          algorithms: ['RS256'],
          requiredClaims: ['iat', 'exp', 'jti', 'events'],
        });
        expect([protectedHeader.kid, typeof payload.jti, payload['nonce']]).toEqual([
          expect.any(String),
          'string',
          undefined,
        ]);
        expect(payload['events']).toEqual(EVENTS);
        return { sub: payload.sub, sid: payload['sid'] };
      });
      return Promise.all(statements);
    }

    const leave = async ({ browser, hint }: Connected, pressed?: Record<string, string>) =>
      browser.confirmSignOut(await browser.open(`/oauth/sign-out?id_token_hint=${hint}`), pressed);

    const asAdmin = async (act: (admin: Caller) => Promise<unknown>) => act(await server.admin());

    it.each<[string, (person: Connected) => Promise<unknown>]>([
      ['signs out at the app', (person) => leave(person)],
      ['signs out on our page', ({ browser }) => browser.call('mutation', 'session.end')],
      ['signs in again there', ({ browser, email }) => browser.signIn(email, ADMIN.password)],
      ['ends it in the list', ({ elsewhere, session }) => elsewhere.api.sessions.end.mutate({ id: session })],
      ['signs out everywhere else', ({ elsewhere }) => elsewhere.api.sessions.endOthers.mutate({})],
      ['signs out everywhere', ({ elsewhere }) => elsewhere.api.sessions.endAll.mutate({})],
      [
        'changes the password',
        ({ elsewhere }) =>
          elsewhere.api.me.changePassword.mutate({ currentPassword: ADMIN.password, newPassword: NEW_PASSWORD }),
      ],
      [
        'resets the password',
        async ({ email }) => {
          await server.stranger().api.passwordReset.request.mutate({ email });
          const link = { token: await server.tokenMailedTo(email), password: NEW_PASSWORD };
          await server.stranger().api.passwordReset.complete.mutate(link);
        },
      ],
      ['locks the account down', ({ elsewhere }) => elsewhere.api.me.lockDown.mutate({})],
      ['closes the account', ({ elsewhere, email }) => elsewhere.api.me.close.mutate({ email })],
      [
        'is signed out there by an admin',
        (person) => asAdmin(({ api }) => api.userSessions.end.mutate({ id: idOf(person), sessionId: person.session })),
      ],
      [
        'is signed out everywhere by an admin',
        (person) => asAdmin(({ api }) => api.userSessions.endAll.mutate({ id: idOf(person) })),
      ],
      ['is disabled', (person) => asAdmin(({ api }) => api.users.update.mutate({ id: idOf(person), disabled: true }))],
      ['is locked down by an admin', (person) => asAdmin(({ api }) => api.users.lockDown.mutate({ id: idOf(person) }))],
      [
        'is found to share the session with a thief',
        async ({ browser }) => {
          const stolen = new Browser(server);
          for (const [name, cookie] of browser.cookies) stolen.cookies.set(name, cookie);
          server.clock.advance(6 * MINUTE_MS);
          await browser.call('query', 'me.get');
          server.clock.advance(MINUTE_MS);
          await expect(stolen.call('query', 'me.get')).rejects.toThrow('session_ended');
        },
      ],
    ])('is told by a signed statement about the session, once, when its person %s', async (_way, end) => {
      const person = await connected();
      await end(person);
      const { sub, sid } = person.claims;
      expect(await heard()).toEqual([{ sub, sid }]);
      expect(await heard()).toHaveLength(1);
    });

    it('is told nothing of other people, of sessions that it doesn’t know, and of those that go on', async () => {
      const [person, other] = [await connected(), await connected()];
      await person.elsewhere.api.session.end.mutate({});
      await other.browser.call('query', 'me.get');
      expect(await heard()).toEqual([]);
    });

    it('is told when its person leaves that app alone, and not again at the end', async () => {
      const person = await connected();
      expect((await leave(person, {})).status).toBe(303);
      const { sub, sid } = person.claims;
      expect(await heard()).toEqual([{ sub, sid }]);
      await person.browser.call('mutation', 'session.end');
      expect(await heard()).toHaveLength(1);
    });

    it('is told by each name that it knows the session by, when that went on under another id', async () => {
      const { browser, claims } = await connected();
      await browser.call('mutation', 'session.confirm', { password: ADMIN.password });
      const again = (await app.connect(browser)).claims();
      await browser.call('mutation', 'session.end');
      const sids = (await heard()).map(({ sid }) => sid);
      expect(new Set(sids)).toEqual(new Set([claims['sid'], again?.['sid']]));
    });

    it('holds nobody back who signs out, however long it takes', async () => {
      const held: ServerResponse[] = [];
      const asked = new Promise<void>((resolve) => {
        answer = (response) => {
          held.push(response);
          resolve();
        };
      });
      const { browser } = await connected();
      await browser.call('mutation', 'session.end');
      const looking = server.signOuts.look();
      await asked;
      expect((await browser.request('GET', '/api/v1/me')).status).toBe(401);
      held[0]?.end();
      await looking;
    });

    it.each([[500], [302], [400]])(
      'that answers %i is told again, less and less often, and not for ever',
      async (status) => {
        answer = (response) => void response.writeHead(status, { location: '/elsewhere' }).end();
        const { browser } = await connected();
        await browser.call('mutation', 'session.end');
        expect(await heard()).toHaveLength(1);
        expect(await heard()).toHaveLength(1);
        for (const waited of [10 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS]) {
          const before = told.length;
          server.clock.advance(waited - 1);
          expect([waited, (await heard()).length]).toEqual([waited, before]);
          server.clock.advance(1);
          expect([waited, (await heard()).length]).toEqual([waited, before + 1]);
        }
        server.clock.advance(24 * HOUR_MS);
        expect(await heard()).toHaveLength(5);
        expect(server.logged()).toContain('an app was not told of a sign-out');
      },
    );

    it('that hears it at the second try isn’t told a third time, and is told after a restart [B06]', async () => {
      answer = (response) => void response.destroy();
      const { browser, claims } = await connected();
      await browser.call('mutation', 'session.end');
      expect(await heard()).toHaveLength(1);
      answer = well;
      await server.restart();
      server.clock.advance(10 * SECOND_MS);
      const { sub, sid } = claims;
      expect(await heard()).toEqual([
        { sub, sid },
        { sub, sid },
      ]);
      server.clock.advance(24 * HOUR_MS);
      expect(await heard()).toHaveLength(2);
    });

    it('is told once by several servers that look at once', async () => {
      const { browser } = await connected();
      await browser.call('mutation', 'session.end');
      await Promise.all([server.signOuts.look(), server.signOuts.look()]);
      expect(await heard()).toHaveLength(1);
    });

    it('is told nothing once the app is disabled', async () => {
      const { browser } = await connected();
      const admin = await server.admin();
      await browser.call('mutation', 'session.end');
      const disable = (disabled: boolean) => admin.rest('PATCH', `/apps/${app.clientId}`, { disabled });
      expect((await disable(true)).status).toBe(200);
      expect(await heard()).toEqual([]);
      expect((await disable(false)).status).toBe(200);
    });
  },
);
