import type { ProblemBody } from '@latchkey/schemas';
import { ADMIN, openTestServer, proceduresOf, type Caller, type Procedure, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Headers = Record<string, string>;

let server: TestServer;
let admin: Caller;
let secret: string;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
  ({ secret } = await admin.api.apiKeys.create.mutate({ name: 'key', permissions: [] }));
});
afterAll(() => server.close());

/** Every way to change something: on tRPC all mutations, under REST those that are there. */
function changes(): { url: string; method: Method; procedure: Procedure }[] {
  return proceduresOf(server.router)
    .filter(({ kind }) => kind === 'mutation')
    .flatMap((procedure) => {
      const trpc = { url: `/trpc/${procedure.path}`, method: 'POST' as const, procedure };
      if (!procedure.rest) return [trpc];
      const path = procedure.rest.path.replaceAll(/\{\w+\}/g, '0'.repeat(22));
      return [trpc, { url: `/api/v1${path}`, method: procedure.rest.method, procedure }];
    });
}

const ODD_INPUT = '{" ":null}';

/** As a browser would send it, with exactly these headers. */
async function send(url: string, method: Method, headers: Headers, payload = ODD_INPUT) {
  const { statusCode, headers: answered, body } = await server.app.inject({ method, url, headers, payload });
  const code = /"code":"(\w+)","requestId"/.exec(body)?.[1];
  return { status: statusCode, code, cookie: answered['set-cookie'], challenge: answered['www-authenticate'] };
}

const JSON_TYPE = { 'content-type': 'application/json' };

const FOREIGN: Record<string, Headers> = {
  'without a word': {},
  'from another site': { origin: 'https://evil.example' },
  'from nowhere': { origin: 'null' },
  'from the same host over TLS': { origin: 'https://localhost:3000' },
  'from another port': { origin: 'http://localhost:3001' },
  'from a host that starts alike': { origin: 'http://localhost:3000.evil.example' },
  'from a subdomain': { origin: 'http://sub.localhost:3000' },
  'with two origins': { origin: 'http://localhost:3000 https://evil.example' },
  'with an origin in capitals': { origin: 'HTTP://LOCALHOST:3000' },
  'with an empty origin': { origin: '' },
  'cross-site, says the browser': { 'sec-fetch-site': 'cross-site' },
  'same-site, says the browser': { 'sec-fetch-site': 'same-site' },
  'cross-site, says the browser, though the origin is ours': {
    origin: 'http://localhost:3000',
    'sec-fetch-site': 'cross-site',
  },
  'of the person’s own, says the browser': { 'sec-fetch-site': 'none' },
  'with a referrer of ours': { referer: 'http://localhost:3000/console' },
};

const OWN: Record<string, Headers> = {
  'with our origin': { origin: 'http://localhost:3000' },
  'same-origin, says the browser': { 'sec-fetch-site': 'same-origin' },
  'with both': { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
};

describe('a change that a cookie carries', () => {
  it('is refused unless it comes from our own pages, whatever would be changed [V3.5.1]', async () => {
    const cookies = [`__Host-latchkey=${admin.cookie}`, `api_key=${secret}`, `x=1; __Host-latchkey=${admin.cookie}`];
    for (const { url, method } of changes()) {
      for (const [what, headers] of Object.entries(FOREIGN)) {
        const cookie = cookies[url.length % cookies.length]!;
        const { status, code, cookie: set } = await send(url, method, { ...JSON_TYPE, ...headers, cookie });
        expect([url, what, status, code, set]).toEqual([url, what, 403, 'origin_mismatch', undefined]);
      }
    }
  });

  it('goes on to its guard and its input when it does', async () => {
    const cookie = `__Host-latchkey=${admin.cookie}`;
    for (const { url, method } of changes()) {
      for (const [what, headers] of Object.entries(OWN)) {
        const { status, code } = await send(url, method, { ...JSON_TYPE, ...headers, cookie });
        expect([url, what, status === 400 || status === 404]).toEqual([url, what, true]);
        expect(code).not.toBe('origin_mismatch');
      }
    }
  });

  it('is never a GET or a HEAD [V3.5.3]', async () => {
    const cookie = `__Host-latchkey=${admin.cookie}`;
    for (const { url } of changes()) {
      const { status } = await send(`${url}?input=%7B%7D`, 'GET', { cookie }, '');
      expect([url, status === 405 || isQuery(url)]).toEqual([url, true]);
    }
    expect((await admin.rest('GET', '/me')).status).toBe(200);
  });
});

/** Whether GET at this path is another procedure, one that only asks. */
function isQuery(url: string): boolean {
  const queries = proceduresOf(server.router).filter(({ kind, rest }) => kind === 'query' && rest !== null);
  return queries.some(({ rest }) => new RegExp(`^/api/v1${rest?.path.replaceAll(/\{\w+\}/g, '\\w+')}$`).test(url));
}

describe('a change that an explicit credential carries', () => {
  it('needs no origin, since nothing of it is there by itself; a foreign one is refused all the same', async () => {
    const { accessToken } = await admin.api.tokens.create.mutate({});
    for (const credential of [{ 'x-api-key': secret }, { authorization: `Bearer ${accessToken}` }]) {
      const headers = { ...JSON_TYPE, ...credential };
      expect((await send('/api/v1/api-keys/verify', 'POST', headers)).code).not.toBe('origin_mismatch');
      const cookie = `__Host-latchkey=${admin.cookie}`;
      expect((await send('/api/v1/api-keys/verify', 'POST', { ...headers, cookie })).code).not.toBe('origin_mismatch');
      const foreign = { ...headers, origin: 'https://evil.example' };
      expect((await send('/api/v1/api-keys/verify', 'POST', foreign)).code).toBe('origin_mismatch');
    }
  });
});

describe('signing in', () => {
  it('from another site’s page is refused, so that nobody is signed in as somebody else', async () => {
    for (const headers of Object.values(FOREIGN).filter(
      (each) => 'origin' in each || /site/.test(each['sec-fetch-site'] ?? ''),
    )) {
      for (const url of ['/api/v1/session', '/trpc/signIn.password']) {
        const answer = await send(url, 'POST', { ...JSON_TYPE, ...headers }, JSON.stringify(ADMIN));
        expect([headers, answer.status, answer.code, answer.cookie]).toEqual([
          headers,
          403,
          'origin_mismatch',
          undefined,
        ]);
      }
    }
    const program = await send('/api/v1/session', 'POST', JSON_TYPE, JSON.stringify(ADMIN));
    expect([program.status, String(program.cookie)]).toEqual([200, expect.stringContaining('__Host-latchkey=')]);
  });
});

describe('a body that another site’s page can send without asking', () => {
  it('is not read: text, forms and uploads are refused by their type [V3.5.2]', async () => {
    const simple: [type: string | null, payload: string][] = [
      ['text/plain', ODD_INPUT],
      ['text/plain;charset=UTF-8', ODD_INPUT],
      ['text/plain; application/json', ODD_INPUT],
      ['application/x-www-form-urlencoded', 'email=x&password=y'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'],
      ['application/octet-stream', ODD_INPUT],
      ['application/jsonx', ODD_INPUT],
      ['application/xml', '<a/>'],
      ['', ODD_INPUT],
      [null, ODD_INPUT],
    ];
    const cookie = `__Host-latchkey=${admin.cookie}`;
    for (const { url, method } of changes()) {
      for (const [type, payload] of simple) {
        const headers = { ...OWN['with our origin'], cookie, ...(type !== null && { 'content-type': type }) };
        const { status, code } = await send(url, method, headers, payload);
        expect([url, type, status, code]).toEqual([url, type, 415, 'media_type_unsupported']);
      }
    }
  });

  it('is not taken from another page by CORS: no answer allows an origin [V3.4.2]', async () => {
    for (const method of ['OPTIONS', 'GET'] as const) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      for (const url of ['/api/v1/session', '/api/v1/me', '/trpc/me.get', '/healthz']) {
        const answer = await server.app.inject({ method, url, headers });
        const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
        expect([method, url, allowed]).toEqual([method, url, []]);
      }
    }
    const { body } = await admin.rest<ProblemBody>('GET', '/me', undefined, { origin: 'https://evil.example' });
    expect(body.code).toBeUndefined();
  });
});
