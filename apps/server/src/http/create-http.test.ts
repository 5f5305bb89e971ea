import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { parseNetworks } from '../config/index.ts';
import { Problem } from '../problems/index.ts';
import { createHttp, createLog, registerHealth, type HttpOptions } from './index.ts';

const NO_PROXIES = { has: () => false };
const LOCAL = { publicUrl: 'http://localhost:3000', trustedProxies: NO_PROXIES, tls: null };

/** What ASVS V3.4 asks of every answer. */
const ALWAYS = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const opened: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

function open(options: Partial<HttpOptions> = {}): FastifyInstance {
  const app = createHttp({ config: LOCAL, log: createLog('silent'), ...options });
  opened.push(app);
  registerHealth(app, async () => {});
  app.get('/who', async ({ client }) => client);
  app.post('/change', async () => ({ changed: true }));
  app.get('/boom', async () => {
    throw new Error('the password is hunter2');
  });
  app.get('/slow', async () => {
    await wait(300);
    return { slow: true };
  });
  return app;
}

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

type RawAnswer = { status: number; headers: Record<string, string>; body: string; ms: number };

/** Sends bytes as they are, and waits until the server closes. */
async function sendRaw(port: number, bytes: string): Promise<RawAnswer> {
  const startedAt = performance.now();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body, ms: performance.now() - startedAt };
}

/** What a problem's body says; anything else went well. */
function statusIn(body: string): number {
  const { status = 200 } = JSON.parse(body) as { status?: number };
  return status;
}

describe('the security headers', () => {
  it.each([
    ['an answer', { url: '/who' }, 200],
    ['a path that is not there', { url: '/nope' }, 404],
    ['a page that is not there', { url: '/nope', headers: { accept: 'text/html' } }, 404],
    ['a path that is spelt oddly', { url: '//who' }, 404],
    ['a method that nobody serves', { method: 'PROPFIND' as 'GET', url: '/who' }, 404],
    ['a failure', { url: '/boom' }, 500],
    [
      'a body of a wrong type',
      { method: 'POST' as const, url: '/change', payload: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
    ],
    ['a body that is too large', { method: 'POST' as const, url: '/change', payload: { a: 'a'.repeat(103_000) } }, 413],
    [
      'broken JSON',
      { method: 'POST' as const, url: '/change', payload: '{', headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['a refused origin', { method: 'POST' as const, url: '/change', headers: { origin: 'https://evil.example' } }, 403],
  ])('are on %s', async (_what, request, status) => {
    const response = await open().inject(request);
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject(ALWAYS);
    expect(response.headers['strict-transport-security']).toBeUndefined();
    expect(response.body).not.toMatch(/hunter2|    at /);
  });

  it.each([
    ['a request that is no HTTP', 'hello\r\n\r\n', 400],
    ['a header that is too long', `GET /who HTTP/1.1\r\nhost: x\r\na: ${'a'.repeat(20_000)}\r\n\r\n`, 400],
    ['two lengths', 'POST /change HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na', 400],
    [
      'a length beside chunks',
      'POST /change HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a request without a host', 'GET /who HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['two hosts', 'GET /who HTTP/1.1\r\nhost: x\r\nHost: y\r\nconnection: close\r\n\r\n', 400],
    ['one host twice', 'GET /who HTTP/1.1\r\nhost: x\r\nhost: x\r\nconnection: close\r\n\r\n', 400],
    ['two hosts before HTTP/1.1', 'GET /who HTTP/1.0\r\nhost: x\r\nhost: y\r\n\r\n', 400],
    ['no host before HTTP/1.1', 'GET /who HTTP/1.0\r\n\r\n', 200],
    ...['a b', 'a,b', '', '/', 'a/b', 'u@x', 'x:port', 'x:80:80', '[x]', '::1', '\xe9', '<x>'].map(
      (host): [string, string, number] => [
        `a host that is none: ${host}`,
        `GET /who HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
        400,
      ],
    ),
    ...['x', 'x:3000', 'a_b.example', '127.0.0.1:80', '[::1]', '[::1]:3000', 'X.EXAMPLE.', 'x:'].map(
      (host): [string, string, number] => [
        `a host: ${host}`,
        `GET /who HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
        200,
      ],
    ),
    ['an expectation', 'GET /who HTTP/1.1\r\nhost: x\r\nexpect: tea\r\nconnection: close\r\n\r\n', 200],
    ['an upgrade', 'GET /nope HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n', 404],
    ['the asterisk', 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['another host in the path', 'GET http://evil.example/who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['dots in the path [B04]', 'GET /x/../who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a dot in the path [B04]', 'GET /./who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a backslash in the path [B04]', 'GET /\\who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a broken escape in the path', 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['an endless path', `GET /${'a'.repeat(5000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 404],
  ])('are on the answer to %s', async (_what, bytes, status) => {
    const answer = await sendRaw(await listen(open()), bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(ALWAYS);
    expect(statusIn(answer.body)).toBe(status);
  });

  it('tell browsers to stay with TLS where the public URL has it', async () => {
    const app = open({ config: { ...LOCAL, publicUrl: 'https://id.example.com' } });
    for (const url of ['/healthz', '/who']) {
      const { headers } = await app.inject(url);
      expect(headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    }
  });
});

describe('one spelling for each path [B04]', () => {
  it.each(['//who', '/who/', '/Who', '/%77ho', '/who%2f', '/who;x=1', '/who%00', '/who\\', '///who', '/who//'])(
    '%s is not found',
    async (url) => {
      expect((await open().inject(url)).statusCode).toBe(404);
    },
  );

  it('says so without repeating it', async () => {
    expect((await open().inject('/%3Cscript%3E')).body).not.toContain('script');
  });
});

describe("the caller's address [B16] [P21]", () => {
  const forged = {
    'x-forwarded-for': '203.0.113.9',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9;proto=https',
    'true-client-ip': '203.0.113.9',
    'cf-connecting-ip': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
  };

  async function clientOf(proxies: string[], remoteAddress: string, headers: Record<string, string>) {
    const config = { ...LOCAL, trustedProxies: parseNetworks(proxies) ?? NO_PROXIES };
    return (await open({ config }).inject({ url: '/who', remoteAddress, headers })).json();
  }

  it("is the socket's, whatever a stranger's headers say", async () => {
    expect(await clientOf(['10.0.0.0/8'], '198.51.100.7', forged)).toEqual({
      address: '198.51.100.7',
      isSecure: false,
      isProxied: false,
    });
    expect(await clientOf([], '127.0.0.1', forged)).toEqual({
      address: '127.0.0.1',
      isSecure: false,
      isProxied: false,
    });
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.18.0.1, 203.0.113.9', '203.0.113.9'],
    ['198.18.0.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:DB8::7]:443', '2001:db8::7'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['203.0.113.9, unknown', '10.0.0.1'],
    ['203.0.113.9, ', '10.0.0.1'],
    ['203.0.113.9, unknown, 10.0.0.2', '10.0.0.2'],
    ["203.0.113.9' or 1=1", '10.0.0.1'],
  ])('is the right-most stranger of what a trusted proxy passes on: %s', async (chain, address) => {
    expect(await clientOf(['10.0.0.0/8'], '10.0.0.1', { 'x-forwarded-for': chain })).toMatchObject({ address });
  });

  it('is never taken from other headers, not even from a trusted proxy', async () => {
    const others = { ...forged, 'x-forwarded-for': '198.51.100.7' };
    expect(await clientOf(['10.0.0.0/8'], '10.0.0.1', others)).toEqual({
      address: '198.51.100.7',
      isSecure: true,
      isProxied: true,
    });
  });

  it('comes with the scheme that the nearest proxy saw', async () => {
    const isSecure = async (scheme: string) =>
      (await clientOf(['10.0.0.1'], '10.0.0.1', { 'x-forwarded-proto': scheme })).isSecure;
    expect(await Promise.all(['https', 'HTTPS', 'http, https', 'https, http', 'http', ''].map(isSecure))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('with an https public URL', () => {
  const config = {
    publicUrl: 'https://id.example.com',
    trustedProxies: parseNetworks(['10.0.0.1']) ?? NO_PROXIES,
    tls: null,
  };
  const ask = (remoteAddress: string, headers: Record<string, string> = {}, url = '/who?a=b') =>
    open({ config }).inject({ url, remoteAddress, headers: { host: 'evil.example', ...headers } });

  it.each([
    ['a stranger', '198.51.100.7', {}],
    ['a stranger who says it was TLS', '198.51.100.7', { 'x-forwarded-proto': 'https' }],
    ['this machine', '127.0.0.1', {}],
    ['the proxy, which had no TLS', '10.0.0.1', { 'x-forwarded-proto': 'http' }],
    ['the proxy, which does not say', '10.0.0.1', {}],
  ])('plain HTTP from %s is sent to the configured origin', async (_who, address, headers) => {
    const response = await ask(address, headers);
    expect([response.statusCode, response.headers.location]).toEqual([308, 'https://id.example.com/who?a=b']);
  });

  it('what the proxy had over TLS is answered', async () => {
    expect((await ask('10.0.0.1', { 'x-forwarded-proto': 'https' })).json()).toMatchObject({ isSecure: true });
  });

  it('health may be asked without TLS', async () => {
    expect((await ask('127.0.0.1', {}, '/healthz')).statusCode).toBe(200);
    expect((await ask('127.0.0.1', {}, '/readyz')).statusCode).toBe(200);
  });

  it('no path leads the redirect elsewhere', async () => {
    expect((await ask('127.0.0.1', {}, '//evil.example/x')).headers.location).toBe('https://id.example.com/-');
    expect((await ask('127.0.0.1', {}, '/@evil.example')).headers.location).toBe(
      'https://id.example.com/@evil.example',
    );
  });
});

describe('a change', () => {
  const own = 'http://localhost:3000';
  const session = { cookie: 'a=b; __Host-latchkey=sealed' };
  const key = { cookie: 'api_key=lk_x' };

  it.each<[string, number, Record<string, string>]>([
    ['with a session from our origin', 200, { ...session, origin: own }],
    ['with a session from the same origin, by the browser', 200, { ...session, 'sec-fetch-site': 'same-origin' }],
    ['with a key in a cookie from our origin', 200, { ...key, origin: own }],
    ['without credentials or origin', 200, {}],
    ['with an explicit credential and no origin', 200, { authorization: 'Bearer x' }],
    ['with an explicit credential, which wins over the cookie', 200, { ...session, 'x-api-key': 'lk_x' }],
    ['with another cookie and no origin', 200, { cookie: 'theme=dark' }],
    ['with a session and nothing else', 403, session],
    ['with a key in a cookie and nothing else', 403, key],
    ['with a session from another origin', 403, { ...session, origin: 'https://evil.example' }],
    ['with a session from another port', 403, { ...session, origin: 'http://localhost:3001' }],
    [
      'with a session from another name of this machine',
      403,
      { ...session, origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' },
    ],
    ['with a session from a sandbox', 403, { ...session, origin: 'null' }],
    ['with a session from a sibling site', 403, { ...session, 'sec-fetch-site': 'same-site' }],
    ['with a session, typed by hand', 403, { ...session, 'sec-fetch-site': 'none' }],
    ['with a session, two stories', 403, { ...session, origin: own, 'sec-fetch-site': 'cross-site' }],
    ['without credentials from another origin, such as a sign-in', 403, { origin: 'https://evil.example' }],
    ['without credentials from another site, by the browser', 403, { 'sec-fetch-site': 'cross-site' }],
    [
      'with an explicit credential from another origin',
      403,
      { authorization: 'Bearer x', origin: 'https://evil.example' },
    ],
  ])('%s: %d', async (_what, status, headers) => {
    const response = await open().inject({ method: 'POST', url: '/change', headers });
    expect(response.statusCode).toBe(status);
    expect(response.json<{ code?: string }>().code).toBe(status === 403 ? 'origin_mismatch' : undefined);
  });

  it('is not what reading is: a link from elsewhere works', async () => {
    const headers = { ...session, 'sec-fetch-site': 'cross-site' };
    expect((await open().inject({ url: '/who', headers })).statusCode).toBe(200);
  });
});

describe('slow clients', () => {
  const timeouts = { headersMs: 300, requestMs: 600, silenceMs: 1000, keepAliveMs: 400, checkEveryMs: 50 };

  it.each([
    ['that send nothing', '', 300],
    ['that send half of their headers', 'GET /who HTTP/1.1\r\nhost: x\r\n', 300],
    [
      'that send half of their body',
      'POST /change HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"a"',
      600,
    ],
    [
      'that send no chunk',
      'POST /change HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      600,
    ],
  ])('%s are dropped with a 408', async (_what, bytes, ms) => {
    const answer = await sendRaw(await listen(open({ timeouts })), bytes);
    expect(answer.ms).toBeGreaterThanOrEqual(ms - 50);
    expect(answer.ms).toBeLessThan(ms + 1500);
    expect(answer.status).toBe(408);
    expect(answer.headers).toMatchObject(ALWAYS);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request_timeout' });
  });

  it('that drip are dropped as well', async () => {
    const port = await listen(open({ timeouts }));
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const startedAt = performance.now();
    socket.write('POST /change HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n');
    const drip = setInterval(() => socket.write('a'), 50);
    await text(socket);
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(600 + 1500);
  });

  it('that stay after their answer are dropped in time', async () => {
    const answer = await sendRaw(await listen(open({ timeouts })), 'GET /who HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(answer.status).toBe(200);
    expect(answer.ms).toBeLessThan(400 + 2500);
  });

  it("that don't read their answer are dropped", async () => {
    const app = open({ timeouts });
    app.get('/big', async () => Buffer.alloc(30_000_000));
    const port = await listen(app);
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => {});
    socket.write('GET /big HTTP/1.1\r\nhost: x\r\n\r\n');
    const [served] = (await once(app.server, 'connection')) as [Socket];
    await once(served, 'close');
    expect(socket.bytesRead).toBeLessThan(30_000_000);
    socket.destroy();
  });

  it('are dropped in at most 20 and 30 seconds where nothing else was said', async () => {
    const { headersTimeout, requestTimeout } = open().server;
    expect([headersTimeout, requestTimeout]).toEqual([15_000, 25_000]);
  });
});

describe('closing', () => {
  it('answers what is under way and takes nothing new', async () => {
    const app = open();
    const port = await listen(app);
    const underWay = fetch(`http://127.0.0.1:${port}/slow`);
    await wait(100);
    const closed = app.close();
    expect(await (await underWay).json()).toEqual({ slow: true });
    const answeredAt = performance.now();
    await closed;
    expect(performance.now() - answeredAt).toBeLessThan(2000);
    await expect(fetch(`http://127.0.0.1:${port}/who`)).rejects.toThrow('fetch failed');
  });

  it("doesn't wait for ever", async () => {
    const app = open({ timeouts: { closeMs: 100 } });
    app.get('/stuck', () => new Promise(() => {}));
    const port = await listen(app);
    const stuck = sendRaw(port, 'GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n');
    await wait(100);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect((await stuck).body).toBe('');
  });
});

describe('health', () => {
  it('tells a process that lives from one that can work', async () => {
    const app = createHttp({ config: LOCAL, log: createLog('silent') });
    opened.push(app);
    registerHealth(app, async () => {
      throw new Problem('storage_unavailable', { retryAfterSeconds: 3 });
    });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.headers['retry-after'], ready.json().code]).toEqual([
      503,
      '3',
      'storage_unavailable',
    ]);
    expect((await app.inject({ method: 'HEAD', url: '/healthz' })).body).toBe('');
  });
});

describe('the log', () => {
  const lines: string[] = [];
  let app: FastifyInstance;
  const secret = `lk_${'a'.repeat(22)}_${'b'.repeat(49)}`;
  const jwt = `eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.${'c'.repeat(80)}.${'d'.repeat(86)}`;
  beforeAll(() => {
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    app = createHttp({ config: LOCAL, log });
    app.get('/boom', async ({ headers }) => {
      throw new Error(`refused ${headers.authorization}`, {
        cause: new Error(`Failed query: select 1\nparams: ada,${secret}`),
      });
    });
    app.get('/told', (request, reply) => {
      request.log.info({ headers: request.headers }, 'headers');
      return reply.send({});
    });
  });
  afterAll(() => app.close());

  it('has one line for each request, with what one asks later', async () => {
    lines.length = 0;
    const response = await app.inject({ url: '/nope?q=1', headers: { 'x-request-id': 'mine', 'request-id': 'mine' } });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        requestId: response.headers['x-request-id'],
        method: 'GET',
        path: '/nope',
        status: 404,
        ms: expect.any(Number),
        address: '127.0.0.1',
        msg: 'request',
      },
    ]);
    expect(response.headers['x-request-id']).not.toBe('mine');
  });

  it('holds no secret, wherever one comes in', async () => {
    lines.length = 0;
    const headers = { authorization: `Bearer ${jwt}`, cookie: `__Host-latchkey=${secret}`, 'x-api-key': secret };
    await app.inject({ url: `/boom?api_key=${secret}`, headers });
    await app.inject({ url: `/told?token=${secret}`, headers });
    await app.inject({ url: `/${secret}/${jwt}`, headers });
    await app.inject({ url: `/${secret}\n`, headers });
    const all = lines.join('');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const piece of [secret, secret.slice(26), jwt, 'cccc', 'dddd', 'params: ada'])
      expect(all).not.toContain(piece);
    expect(all).toContain('Failed query: select 1');
  });

  it("can't be forged by a line break", async () => {
    lines.length = 0;
    await app.inject('/x%0a{"level":"info"}');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });
});
