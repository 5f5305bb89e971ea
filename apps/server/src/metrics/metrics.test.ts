import { ADMIN, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exposition } from './exposition.ts';

let server: TestServer;
let admin: Caller;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterAll(() => server.close());

const HERE = { host: 'localhost:3000' };

async function scrape(): Promise<string> {
  const { status, body } = await server.stranger().request<string>('GET', '/metrics', undefined, HERE);
  expect(status).toBe(200);
  return body;
}

/** Zero where the line isn't there yet. */
async function valueOf(line: string): Promise<number> {
  const found = (await scrape()).split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? 0 : Number(found.slice(line.length + 1));
}

function elsewhere(headers: Record<string, string> = {}): Caller {
  const caller = server.stranger().with(headers);
  caller.remoteAddress = '203.0.113.7';
  return caller;
}

async function keyWith(permissions: string[]): Promise<Record<string, string>> {
  const { secret } = await admin.api.apiKeys.create.mutate({ name: 'scraper', permissions: permissions as never });
  return { 'x-api-key': secret };
}

describe('/metrics', () => {
  it('is in the text format that Prometheus reads', async () => {
    const { headers, body } = await server.stranger().request<string>('GET', '/metrics', undefined, HERE);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const types = new Map<string, string>();
    for (const line of body.trimEnd().split('\n')) {
      const [, named, type] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? [];
      if (named && type) types.set(named, type);
      if (line.startsWith('#')) {
        expect(line).toMatch(/^# (?:HELP [a-z_]+ .+|TYPE [a-z_]+ (?:counter|gauge|histogram))$/);
        continue;
      }
      expect(line).toMatch(/^[a-z_]+(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? [0-9.e+-]+$/);
      const [name = ''] = /^[a-z_]+/.exec(line) ?? [];
      expect(types.has(name) || types.get(name.replace(/_(?:bucket|sum|count)$/, '')) === 'histogram').toBe(true);
    }
    expect([...types.keys()]).toContain('process_resident_memory_bytes');
  });

  it('counts calls by procedure and outcome, over tRPC and REST, and requests by route', async () => {
    const ok = 'latchkey_calls_total{procedure="me.get",outcome="ok"}';
    const refused = 'latchkey_calls_total{procedure="me.get",outcome="credential_missing"}';
    const route = 'latchkey_http_requests_total{route="/api/v1/me",method="GET",status="200"}';
    const before = [await valueOf(ok), await valueOf(refused), await valueOf(route)];
    await admin.api.me.get.query();
    await admin.rest('GET', '/me');
    await server.stranger().rest('GET', '/me');
    expect([await valueOf(ok), await valueOf(refused), await valueOf(route)]).toEqual([
      before[0]! + 2,
      before[1]! + 1,
      before[2]! + 1,
    ]);
    await server.stranger().rest('POST', '/session', { email: ADMIN.email, password: 'wrong' });
    expect(await valueOf('latchkey_calls_total{procedure="signIn.password",outcome="sign_in_failed"}')).toBe(1);
    expect(await valueOf('latchkey_password_verifications_total')).toBeGreaterThanOrEqual(2);
  });

  it('makes no line of what callers make up', async () => {
    await server.stranger().rest('GET', '/made-up-path');
    await server.stranger().request('GET', '/trpc/made.up');
    await server.stranger().request('GET', '/made/up?made=up');
    expect(await scrape()).not.toMatch(/made/);
  });

  it('has every answer in the histogram, each bucket with those below it', async () => {
    const lines = (await scrape())
      .split('\n')
      .filter((line) => line.startsWith('latchkey_http_request_duration_seconds'));
    const buckets = lines.filter((line) => line.includes('_bucket{')).map((line) => Number(line.split(' ').at(-1)));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(lines.at(-1)).toBe(`latchkey_http_request_duration_seconds_count ${buckets.at(-1)}`);
    expect(buckets.at(-1)).toBeGreaterThan(0);
  });

  it('answers a caller from elsewhere who holds metrics:read, and nobody else', async () => {
    const statusOf = async (caller: Caller) => (await caller.request('GET', '/metrics')).status;
    expect(await statusOf(elsewhere())).toBe(401);
    expect(await statusOf(elsewhere({ 'x-api-key': 'lk_wrong' }))).toBe(401);
    expect(await statusOf(elsewhere(await keyWith(['users:read'])))).toBe(403);
    expect(await statusOf(elsewhere(await keyWith(['metrics:read'])))).toBe(200);
  });

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-proto', 'x-forwarded-host'])(
    'takes nobody for a neighbour who was passed on, as %s tells',
    async (name) => {
      const { status } = await server
        .stranger()
        .request('GET', '/metrics', undefined, { ...HERE, [name]: '127.0.0.1' });
      expect(status).toBe(401);
    },
  );

  it('takes nobody for a neighbour whose browser was led here by a name of another site', async () => {
    for (const host of ['evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      const { status } = await server.stranger().request('GET', '/metrics', undefined, { host });
      expect([host, status]).toEqual([host, 401]);
    }
  });
});

describe('with an https public URL', () => {
  it('a neighbour asks without TLS, and everybody else is sent to where there is some', async () => {
    const secure = await openTestServer({ environment: { LATCHKEY_URL: 'https://id.example.com' } });
    expect((await secure.stranger().request('GET', '/metrics', undefined, HERE)).status).toBe(200);
    const stranger = secure.stranger();
    stranger.remoteAddress = '203.0.113.7';
    expect((await stranger.request('GET', '/metrics', undefined, HERE)).status).toBe(308);
    await secure.close();
  });
});

describe('beside a trusted proxy, which may have passed a request on without a word', () => {
  it.each(['http://localhost:3000', 'https://id.example.com'])(
    'a neighbour shows a credential, is told so, and needs no TLS: %s',
    async (publicUrl) => {
      const environment = { LATCHKEY_URL: publicUrl, LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' };
      const behind = await openTestServer({ environment });
      const ask = async (headers: Record<string, string> = {}) =>
        behind.app.inject({ url: '/metrics', headers: { ...HERE, ...headers }, remoteAddress: '127.0.0.1' });
      const bare = await ask();
      expect([bare.statusCode, bare.json().code]).toEqual([401, 'credential_missing']);
      expect(bare.json().detail).toMatch(/metrics:read.+LATCHKEY_TRUSTED_PROXIES/);
      const boss = behind.stranger().with({ 'x-forwarded-proto': 'https' });
      await boss.signIn(ADMIN.email, ADMIN.password);
      const { secret } = await boss.api.apiKeys.create.mutate({ name: 'scraper', permissions: ['metrics:read'] });
      expect((await ask({ 'x-api-key': secret })).statusCode).toBe(200);
      const passedOn = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
      expect((await ask(passedOn)).statusCode).toBe(401);
      expect((await ask({ ...passedOn, 'x-api-key': secret })).statusCode).toBe(200);
      await behind.close();
    },
  );
});

it('escapes what labels must not hold as it is', () => {
  const samples = [{ labels: { path: 'a\\b"c\nd' }, value: 1 }];
  expect(exposition([{ name: 'x', help: 'An x.', type: 'gauge', samples }])).toBe(
    '# HELP x An x.\n# TYPE x gauge\nx{path="a\\\\b\\"c\\nd"} 1\n',
  );
});
