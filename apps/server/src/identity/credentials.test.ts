import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

import type { Me, ProblemBody } from '@latchkey/schemas';
import { openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCookieSealer } from '../crypto/index.ts';
import { SESSION_LIFETIME_MS } from '../sessions/index.ts';

const SECRET = 'a master secret of these tests - 32 bytes or more';

let server: TestServer;
let admin: Caller;
let known: Record<string, string>;
beforeAll(async () => {
  server = await openTestServer({ environment: { LATCHKEY_SECRET: SECRET } });
  admin = await server.admin();
  known = await credentials();
});
afterAll(() => server.close());

/** Where a credential may ride, and what it is then presented as. */
const SLOTS: Record<string, (text: string) => { url?: string; headers?: Record<string, string> }> = {
  bearer: (text) => ({ headers: { authorization: `Bearer ${text}` } }),
  'X-API-Key': (text) => ({ headers: { 'x-api-key': text } }),
  'session cookie': (text) => ({ headers: { cookie: `__Host-latchkey=${text}` } }),
  'key cookie': (text) => ({ headers: { cookie: `api_key=${text}` } }),
  'key in the query': (text) => ({ url: `?api_key=${encodeURIComponent(text)}` }),
  basic: (text) => ({ headers: { authorization: `Basic ${Buffer.from(`${text}:`).toString('base64')}` } }),
  'another scheme': (text) => ({ headers: { authorization: `Token ${text}` } }),
  'no scheme': (text) => ({ headers: { authorization: text } }),
};

/** The only pairs that open anything. */
const GOOD = new Set([
  'sealed session in session cookie',
  'access token in bearer',
  'API key in bearer',
  'API key in X-API-Key',
  'API key in key cookie',
]);

async function credentials(): Promise<Record<string, string>> {
  const sealer = createCookieSealer({ secrets: [SECRET], ttlMs: SESSION_LIFETIME_MS, clock: server.clock.now });
  const session = (await sealer.open(admin.cookie ?? ''))!;
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'key', permissions: ['api_keys:read'] });
  const { invitationLink } = await admin.api.users.create.mutate({ email: 'invited@example.com' });
  const setupLink = await server.services.signIn.issueSetupLink();
  return {
    'sealed session': admin.cookie ?? '',
    'session token': session.accessToken,
    'refresh token': session.refreshToken,
    'session id': session.sid,
    'access token': (await admin.api.tokens.create.mutate({})).accessToken,
    'API key': secret,
    'API key id': apiKey.id,
    'secret of an API key': secret.split('_')[2] ?? '',
    'invitation token': invitationLink?.split('#')[1] ?? '',
    'set-up token': setupLink.split('#')[1] ?? '',
    'account id': (await admin.api.me.get.query()).id,
    'master secret': SECRET,
  };
}

async function present(slot: string, text: string) {
  const { url = '', headers = {} } = SLOTS[slot]!(text);
  return server.stranger().rest<Me & ProblemBody>('GET', `/me${url}`, undefined, headers);
}

describe('a credential of one kind', () => {
  it('is refused in the place of every other [B20] [V9.2.2]', async () => {
    for (const [kind, text] of Object.entries(known)) {
      expect([kind, text.length > 10]).toEqual([kind, true]);
      for (const slot of Object.keys(SLOTS)) {
        const { status, body, headers } = await present(slot, text);
        const pair = `${kind} in ${slot}`;
        expect([pair, status, body.code === undefined]).toEqual([
          pair,
          ...(GOOD.has(pair) ? [200, true] : [401, false]),
        ]);
        expect([pair, status === 401]).toEqual([pair, headers['www-authenticate'] !== undefined]);
      }
    }
  });

  it('is no link that works once, nor a key to be verified', async () => {
    for (const [kind, token] of Object.entries(known)) {
      const rest = { token, name: 'X', password: 'a good password' };
      const tries: [path: string, body: object][] = [
        ['setup.complete', { ...rest, email: 'x@example.com' }],
        ['setup.check', { token }],
        ['invitations.accept', rest],
        ['invitations.check', { token }],
      ];
      for (const [path, body] of tries) {
        if (path.startsWith('invitations') && kind === 'invitation token') continue;
        const answer = await server.stranger().request<{ result?: { data: unknown } }>('POST', `/trpc/${path}`, body);
        const data = answer.body.result?.data ?? { valid: false };
        expect([kind, path, data, answer.headers['set-cookie']]).toMatchObject([
          kind,
          path,
          { valid: false },
          undefined,
        ]);
      }
      const verified = await admin.api.apiKeys.verify.mutate({ key: token.slice(0, 500) });
      expect([kind, verified.valid]).toEqual([kind, kind === 'API key']);
    }
  });
});

const GARBAGE = [
  '',
  ' ',
  '.',
  '..',
  '...',
  'a.b.c',
  'null',
  'undefined',
  '[object Object]',
  'Bearer',
  'Bearer Bearer',
  'lk_',
  'lk__',
  `lk_${'0'.repeat(22)}_${'0'.repeat(49)}`,
  `lk_${'é'.repeat(22)}_${'0'.repeat(49)}`,
  'eyJhbGciOiJub25lIn0.e30.',
  'eyJhbGciOiJFUzI1NiJ9.bnVsbA.AAAA',
  'W10.W10.W10',
  'Fe26.2**',
  'Fe26.2*1*a*b*c*1*d*e~2',
  'Fe26.2*__proto__*a*b*c**d*e~2',
  '~2',
  '%00',
  '%FF%FE',
  "' or 1=1 --",
  '{"sid":"x"}',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '\u00ff\u00fe',
  '\t',
  'A'.repeat(5_000),
  'A.'.repeat(2_000),
];

const CHANGES: [method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object][] = [
  ['POST', '/users', { email: 'made@example.com' }],
  ['POST', '/tokens', {}],
  ['DELETE', '/session'],
];

async function expectClosed(answers: { status: number; body: ProblemBody; headers: Record<string, unknown> }[]) {
  for (const { status, body } of answers) {
    expect([400, 401, 403]).toContain(status);
    expect(body).toMatchObject({ code: expect.stringMatching(/^[a-z_]+$/), requestId: expect.any(String), status });
  }
}

describe('garbage', () => {
  it('opens nothing in any place where credentials ride [B19]', async () => {
    const before = (await admin.api.users.list.query({})).items.length;
    for (const text of GARBAGE) {
      for (const slot of Object.keys(SLOTS)) {
        const { url = '', headers = {} } = SLOTS[slot]!(text);
        const caller = server.stranger().with(headers);
        const answers = [await caller.rest<ProblemBody>('GET', `/me${url}`)];
        for (const [method, path, body] of CHANGES) {
          answers.push(await caller.rest<ProblemBody>(method, path + url, body));
        }
        await expectClosed(answers);
      }
    }
    expect((await admin.api.users.list.query({})).items).toHaveLength(before);
    expect(server.logged()).not.toContain('"internal"');
  });

  it('is what every changed credential is: any character of it makes it another [B19]', async () => {
    const slots = { 'sealed session': 'session cookie', 'access token': 'bearer', 'API key': 'X-API-Key' } as const;
    for (const [kind, slot] of Object.entries(slots)) {
      const text = known[kind]!;
      const changes = fc.record({ at: fc.nat(text.length - 1), character: fc.constantFrom(...'aZ09-_.*~') });
      await fc.assert(
        fc.asyncProperty(changes, async ({ at, character }) => {
          fc.pre(text[at] !== character);
          const { status } = await present(slot, text.slice(0, at) + character + text.slice(at + 1));
          expect(status).toBe(401);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('beside a good credential makes it two, or is overruled by name [B19]', async () => {
    const { 'API key': key = '', 'access token': token = '' } = known;
    const ask = async (headers: Record<string, string>, url = '') =>
      (await server.stranger().rest<Me & ProblemBody>('GET', `/me${url}`, undefined, headers)).body;
    const bearer = { authorization: `Bearer ${token}` };
    for (const text of ['', 'x', key]) {
      expect((await ask({ ...bearer, 'x-api-key': text })).code).toBe('credential_ambiguous');
      expect((await ask({ 'x-api-key': key }, `?api_key=${text}`)).code).toBe('credential_ambiguous');
      expect((await ask({}, `?api_key=${key}&api_key=${text}`)).code).toBe('credential_ambiguous');
      expect((await ask({ cookie: `api_key=${key}; api_key=${text}` })).code).toBe('credential_ambiguous');
      expect((await ask({ cookie: `__Host-latchkey=${admin.cookie}; __Host-latchkey=${text}` })).code).toBe(
        'credential_ambiguous',
      );
      expect((await ask({ ...bearer, cookie: `__Host-latchkey=${text}` })).credential.kind).toBe('access_token');
      // A bad explicit credential is never overlooked for the sake of a good cookie.
      const cookie = `__Host-latchkey=${admin.cookie}`;
      expect((await ask({ cookie, 'x-api-key': `${text}!` })).code).toBe('api_key_invalid');
      expect((await ask({ cookie, authorization: `Bearer ${text}!` })).code).toMatch(/_invalid$/);
    }
  });

  it('in a header that comes twice is never overlooked, whichever comes first', async () => {
    const { 'API key': key = '', 'access token': token = '' } = known;
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.app.server.address() as { port: number };
    const ask = async (lines: string[]) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(['GET /api/v1/me HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n'));
      const [, status] = (await textOf(socket)).split(' ', 2);
      return Number(status);
    };
    const bearer = (value: string) => `Authorization: Bearer ${value}`;
    const header = (value: string) => `X-API-Key: ${value}`;
    expect(await ask([bearer(token)])).toBe(200);
    expect(await ask([header(key)])).toBe(200);
    for (const pair of [
      [bearer(token), bearer('x')],
      [bearer('x'), bearer(token)],
      [bearer(token), bearer(token)],
      [bearer(key), bearer(token)],
      [header(key), header('x')],
      [header('x'), header(key)],
    ]) {
      expect([pair, [400, 401].includes(await ask(pair))]).toEqual([pair, true]);
    }
  });
});
