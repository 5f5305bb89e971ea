import { openTestServer, registerNotes, type Caller, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';

const NOTES = 'https://notes.example.com';
const ELSEWHERE = 'https://evil.example';
const PROXY = '127.0.0.1';
const STRANGER = '203.0.113.9';

let server: TestServer;
let admin: Caller;
beforeAll(async () => {
  server = await openTestServer({ environment: { LATCHKEY_TRUSTED_PROXIES: PROXY } });
  admin = await server.admin();
  await registerNotes(admin, NOTES);
  await allow([NOTES]);
});
afterAll(() => server.close());

const allow = async (forwardAuthOrigins: string[]) =>
  (await server.admin()).api.settings.update.mutate({ forwardAuthOrigins });

type Headers = Record<string, string>;
type Forwarded = { origin?: string; path?: string; method?: string };

/** What a proxy adds to its caller's headers. */
function forwarded({ origin = NOTES, path = '/', method = 'GET' }: Forwarded = {}): Headers {
  const { protocol, host } = new URL(origin);
  return {
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-host': host,
    'x-forwarded-uri': path,
    'x-forwarded-method': method,
  };
}

async function get(url: string, headers: Headers = {}, remoteAddress = PROXY) {
  const answer = await server.app.inject({ method: 'GET', url, headers, remoteAddress });
  const cookies = new Map(answer.cookies.map(({ name, value }) => [name, value]));
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, cookies };
}

const ask = (headers: Headers = {}, query = '', remoteAddress = PROXY) =>
  get(`/forward-auth${query}`, headers, remoteAddress);
const page = (more: Forwarded = {}): Headers => ({ accept: 'text/html,*/*', ...forwarded(more) });
const cookieOf = (cookies: Iterable<[string, string]>) => [...cookies].map((pair) => pair.join('=')).join('; ');
const newKey = (permissions: ['notes:read'] | ['notes:write'], more: object = {}) =>
  admin.api.apiKeys.create.mutate({ name: 'key', permissions, ...more });
const newToken = async (audience?: string) =>
  (await (await server.admin()).api.tokens.create.mutate(audience === undefined ? {} : { audience })).accessToken;

/** A browser at the guarded host, sent to sign in, in which somebody is signed in at Latchkey; and back. */
async function begin(path = '/', state: Headers = {}) {
  const asked = await ask(page({ path }));
  const start = new URL(String(asked.headers.location));
  expect([asked.status, start.origin, start.pathname]).toEqual([401, NOTES, '/.latchkey/begin']);
  const begun = await get(`/forward-auth/begin${start.search}`, { ...forwarded(), ...state });
  const signIn = new URL(String(begun.headers.location));
  expect([begun.status, signIn.origin]).toEqual([303, server.publicUrl]);
  return { signIn: signIn.pathname + signIn.search, state: { cookie: cookieOf(begun.cookies) } };
}

async function comeBack(signIn: string, person: Caller) {
  const back = await person.request('GET', signIn);
  return new URL(String(back.headers['location']));
}

const finish = (back: URL, state: Headers, origin = NOTES) =>
  get(`/forward-auth/finish${back.search}`, { ...forwarded({ origin }), ...state });

async function visit(person: Caller, path = '/') {
  const begun = await begin(path);
  const finished = await finish(await comeBack(begun.signIn, person), begun.state);
  return { location: finished.headers.location, visit: { cookie: cookieOf(finished.cookies) } };
}

describe('a proxy that asks', () => {
  it('is told who it is, by session, token or key', async () => {
    const { id, permissions } = await admin.api.me.get.query();
    const who = { 'x-latchkey-subject': id, 'x-latchkey-kind': 'person' };
    const all = permissions.toSorted().join(' ');
    const bySession = await ask({ cookie: cookieOf(admin.cookies) });
    expect([bySession.status, bySession.headers]).toMatchObject([200, { ...who, 'x-latchkey-permissions': all }]);
    expect(await ask({ authorization: `Bearer ${await newToken()}` })).toMatchObject({ status: 200, headers: who });
    const { secret } = await newKey(['notes:read']);
    const inSomeWay = [{ 'x-api-key': secret }, { authorization: `Bearer ${secret}` }, { cookie: `api_key=${secret}` }];
    for (const headers of inSomeWay) {
      const byKey = await ask(headers, '?permission=notes:read');
      expect(byKey).toMatchObject({ status: 200, headers: { ...who, 'x-latchkey-permissions': 'notes:read' } });
    }
  });

  it('may hand on a key that came in an address, of a request that reads', async () => {
    const { secret } = await newKey(['notes:read'], { allowQuery: true });
    const statusOf = async (headers: Headers) => (await ask(headers, `?api_key=${secret}`)).status;
    expect([
      await statusOf({}),
      await statusOf(forwarded()),
      await statusOf(forwarded({ method: 'HEAD' })),
      await statusOf(forwarded({ method: 'POST' })),
      await statusOf(forwarded({ method: 'GET, POST' })),
      await statusOf({ 'x-forwarded-method': 'POST' }),
    ]).toEqual([200, 200, 200, 401, 401, 401]);
  });

  it('is told what is missing', async () => {
    const { secret } = await newKey(['notes:read']);
    const refused = await ask({ 'x-api-key': secret }, '?permission=notes:write');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      403,
      'Bearer realm="latchkey", error="insufficient_scope", scope="notes:write"',
    ]);
    expect(refused.headers).not.toHaveProperty('x-latchkey-subject');
    expect(JSON.parse((await ask()).body)).toMatchObject({ status: 401, code: 'credential_missing' });
    expect(JSON.parse((await ask({ 'x-api-key': 'lk_x' })).body)).toMatchObject({
      status: 401,
      code: 'api_key_invalid',
    });
    const two = { 'x-api-key': secret, authorization: `Bearer ${secret}` };
    expect(JSON.parse((await ask(two)).body)).toMatchObject({ status: 400, code: 'credential_ambiguous' });
  });

  it('may take tokens for the service that it guards, and then no others [B20]', async () => {
    const [ours, theirs] = [await newToken(), await newToken(NOTES)];
    const forNotes = `?permission=notes:read&audience=${encodeURIComponent(NOTES)}`;
    const statusOf = async (token: string, query: string) =>
      (await ask({ authorization: `Bearer ${token}` }, query)).status;
    expect([await statusOf(theirs, forNotes), await statusOf(ours, forNotes)]).toEqual([200, 401]);
    expect([await statusOf(theirs, ''), await statusOf(ours, '')]).toEqual([401, 200]);
  });

  it('is refused a query in which its caller’s own has got', async () => {
    const { secret } = await newKey(['notes:read']);
    for (const query of [
      '?permission=notes:write&permission=notes:read',
      '?permission=notes:read&page=2',
      '?permission=',
    ])
      expect([query, (await ask({ 'x-api-key': secret }, query)).status]).toEqual([query, 400]);
  });

  it('makes no session’s cookie anew, since the browser would never get it, and leaves its own renewal whole', async () => {
    const person = await server.person('renews@example.com');
    server.clock.advance(10 * MINUTE_MS);
    const asked = await ask({ cookie: cookieOf(person.cookies) });
    expect([asked.status, asked.cookies.size]).toEqual([200, 0]);
    const replaced = cookieOf(person.cookies);
    expect((await person.rest('GET', '/me')).status).toBe(200);
    server.clock.advance(10 * MINUTE_MS);
    expect((await ask({ cookie: replaced })).status).toBe(200);
    expect((await person.rest('GET', '/me')).status).toBe(200);
    expect((await ask({ cookie: replaced })).status).toBe(401);
    expect((await person.rest('GET', '/me')).status).toBe(200);
  });
});

describe('somebody who isn’t signed in', () => {
  it('is sent to sign in where it is a page, and told 401 where it isn’t', async () => {
    expect((await ask(page({ path: '/a?b=c' }))).headers.location).toBe(`${NOTES}/.latchkey/begin?to=%2Fa%3Fb%3Dc`);
    const others = [
      { ...page(), accept: 'application/json' },
      page({ method: 'POST' }),
      { ...page(), 'sec-fetch-mode': 'cors' },
      { ...page(), authorization: 'Bearer lk_x' },
    ];
    for (const headers of others) {
      const { status, headers: answered } = await ask(headers);
      expect([status, answered.location]).toEqual([401, undefined]);
    }
  });

  it('comes back to the very page, known there and nowhere else [B22]', async () => {
    const person = await server.person('ada@example.com');
    const { id } = await person.api.me.get.query();
    const { location, visit: cookie } = await visit(person, '/notes?day=1');
    expect(location).toBe(`${NOTES}/notes?day=1`);
    expect(await ask({ ...forwarded(), ...cookie })).toMatchObject({
      status: 200,
      headers: { 'x-latchkey-subject': id, 'x-latchkey-kind': 'person' },
    });
    await allow([NOTES, ELSEWHERE]);
    expect((await ask({ ...forwarded({ origin: ELSEWHERE }), ...cookie })).status).toBe(401);
    await allow([NOTES]);
    expect((await ask(cookie)).status).toBe(401);
    expect((await get('/api/v1/me', cookie)).status).toBe(401);
  });

  it('signs in first, where nobody is', async () => {
    const { signIn } = await begin();
    const back = await server.stranger().request('GET', signIn);
    expect([back.status, back.headers['location']]).toEqual([303, `/sign-in?next=${encodeURIComponent(signIn)}`]);
  });

  it('is known for as long as the session, and while an admin allows the host [B18]', async () => {
    const person = await server.person('leaves@example.com');
    const { visit: cookie } = await visit(person);
    const statusNow = async () => (await ask({ ...forwarded(), ...cookie })).status;
    expect(await statusNow()).toBe(200);
    await allow([]);
    expect(await statusNow()).toBe(401);
    await allow([NOTES]);
    expect(await statusNow()).toBe(200);
    await person.api.session.end.mutate({});
    const gone = await ask({ ...page(), ...cookie });
    expect([gone.status, gone.headers.location]).toEqual([401, `${NOTES}/.latchkey/begin?to=%2F`]);
  });

  it('isn’t made somebody else: a ticket opens only in the browser that began, at its host, and for a minute [B22]', async () => {
    const mallory = await server.person('mallory@example.com');
    const hers = await begin();
    const ticket = await comeBack(hers.signIn, mallory);
    const victim = await begin();
    expect((await finish(ticket, victim.state)).status).toBe(400);
    expect((await finish(ticket, {})).status).toBe(400);
    await allow([NOTES, ELSEWHERE]);
    expect((await finish(ticket, hers.state, ELSEWHERE)).status).toBe(400);
    await allow([NOTES]);
    server.clock.advance(MINUTE_MS);
    expect((await finish(ticket, hers.state)).status).toBe(400);
    expect((await finish(new URL(`${NOTES}/?ticket=s1.AAAA`), hers.state)).status).toBe(400);
  });

  it('may begin in two tabs at once', async () => {
    const person = await server.person('tabs@example.com');
    const first = await begin('/1');
    const second = await begin('/2', first.state);
    for (const { signIn } of [second, first]) {
      const finished = await finish(await comeBack(signIn, person), second.state);
      expect(finished.status).toBe(303);
    }
  });
});

describe('nobody is sent to a place that no admin allowed [P32] [P34]', () => {
  it('by what a caller writes who is no trusted proxy [B16]', async () => {
    for (const headers of [page(), page({ origin: ELSEWHERE })])
      expect((await ask(headers, '', STRANGER)).headers.location).toBeUndefined();
    expect((await get('/forward-auth/begin?to=/', forwarded(), STRANGER)).status).toBe(404);
    const { visit: cookie } = await visit(await server.person('bo@example.com'));
    expect((await ask({ ...forwarded(), ...cookie }, '', STRANGER)).status).toBe(401);
  });

  it('by another host, however it is written', async () => {
    const hosts = [
      'evil.example',
      'notes.example.com.evil.example',
      'notes.example.com@evil.example',
      'notes.example.com:444',
      'notes.example.com, evil.example',
      'evil.example/notes.example.com',
      'evil.example#notes.example.com',
      '',
    ];
    for (const host of hosts) {
      const headers = { ...page(), 'x-forwarded-host': host };
      expect([host, (await ask(headers)).headers.location]).toEqual([host, undefined]);
      expect([host, (await get('/forward-auth/begin?to=/', headers)).status]).toEqual([host, 404]);
      const query = new URLSearchParams({ origin: `https://${host}`, to: '/', state: 'x' });
      expect([host, (await admin.request('GET', `/forward-auth/sign-in?${query.toString()}`)).status]).toEqual([
        host,
        404,
      ]);
    }
  });

  it('by a path that is none', async () => {
    const person = await server.person('paths@example.com');
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
      '@evil.example',
      '',
    ]) {
      const asked = await ask({ ...page(), 'x-forwarded-uri': path });
      expect(String(asked.headers.location)).toMatch(/^https:\/\/notes\.example\.com\/\.latchkey\/begin\?to=%2F$/);
      const begun = await get(`/forward-auth/begin?to=${encodeURIComponent(path)}`, forwarded());
      const signIn = new URL(String(begun.headers.location));
      expect(signIn.searchParams.get('to')).toBe('/');
      signIn.searchParams.set('to', path);
      const back = await comeBack(signIn.pathname + signIn.search, person);
      const finished = await finish(back, { cookie: cookieOf(begun.cookies) });
      expect([path, finished.headers.location]).toEqual([path, `${NOTES}/`]);
    }
  });
});

describe('a change behind a proxy', () => {
  it('that only a cookie vouches for has to come from its own page [V3.5.2]', async () => {
    const { visit: cookie } = await visit(await server.person('changes@example.com'));
    const post = async (headers: Headers) => (await ask({ ...forwarded({ method: 'POST' }), ...headers })).status;
    expect(await post({ ...cookie, origin: NOTES })).toBe(200);
    expect(await post({ ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await post({ ...cookie, origin: ELSEWHERE })).toBe(403);
    expect(await post({ ...cookie, 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await post(cookie)).toBe(403);
    const { secret } = await newKey(['notes:read']);
    expect(await post({ 'x-api-key': secret, origin: ELSEWHERE })).toBe(200);
    expect(await post({ cookie: `api_key=${secret}`, origin: ELSEWHERE })).toBe(403);
  });
});

describe('the allowed hosts', () => {
  it('are addresses without a path, and https unless on this machine', async () => {
    await allow(['https://a.example.com:8443', 'http://localhost:8080']);
    const odd = ['http://a.example.com', 'https://a.example.com/', 'https://a.example.com/x', 'https://*.example.com'];
    for (const origin of [...odd, 'https://a@b.example', 'javascript:alert(1)', 'com.example.app:/x'])
      await expect(allow([origin])).rejects.toMatchObject({ data: { problem: { code: 'input_invalid' } } });
    await allow([NOTES]);
  });
});

it('a visit is over when its session is, however long ago it began [P30]', async () => {
  const person = await server.person('idle@example.com');
  const { visit: cookie } = await visit(person);
  server.clock.advance(HOUR_MS);
  expect((await ask({ ...forwarded(), ...cookie })).status).toBe(200);
  server.clock.advance(400 * DAY_MS);
  expect((await ask({ ...forwarded(), ...cookie })).status).toBe(401);
});

it('a session that is used at a guarded host alone ends after thirty days, not after seven [V7.3.1] [V7.3.2]', async () => {
  const person = await server.person('daily@example.com');
  const { visit: cookie } = await visit(person);
  const statuses: number[] = [];
  for (let day = 1; day <= 30; day += 1) {
    server.clock.advance(DAY_MS);
    statuses.push((await ask({ ...forwarded(), ...cookie })).status);
    await server.lastUse.flush();
  }
  expect(statuses).toEqual([...Array.from({ length: 29 }, () => 200), 401]);
});

it('a session that is over isn’t brought back by a visit', async () => {
  const person = await server.person('late@example.com');
  const { visit: cookie } = await visit(person);
  server.clock.advance(7 * DAY_MS);
  for (let again = 0; again < 2; again += 1) {
    expect((await ask({ ...forwarded(), ...cookie })).status).toBe(401);
    await server.lastUse.flush();
  }
});
