import { initTRPC, type AnyRouter } from '@trpc/server';
import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';

import { createHttp, createLog } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from './context.ts';
import { formatTrpcError } from './problem-body.ts';
import { registerRest, type Rest } from './rest-edge.ts';

const trpc = initTRPC
  .context<CallContext>()
  .meta<{ rest?: Rest }>()
  .create({ errorFormatter: formatTrpcError, isDev: false, isServer: true });

const at = (method: Rest['method'], path: Rest['path'], status: Rest['status'] = 200) =>
  trpc.procedure.meta({ rest: { method, path, status } });

const idInput = z.strictObject({ id: z.string() });

const router = trpc.router({
  hidden: trpc.procedure.query(() => 'not on REST'),
  things: trpc.router({
    list: at('GET', '/things')
      .input(z.strictObject({ q: z.optional(z.string()), limit: z._default(z.string(), '50') }))
      .query(({ input }) => ({ items: Array(100).fill('a thing'), ...input })),
    create: at('POST', '/things', 201)
      .input(z.strictObject({ name: z.string() }))
      .mutation(({ input }) => ({ made: input.name })),
    get: at('GET', '/things/{id}')
      .input(idInput)
      .query(({ input }) => input),
    update: at('PATCH', '/things/{id}')
      .input(z.strictObject({ id: z.string(), name: z.string() }))
      .mutation(({ input }) => input),
    remove: at('DELETE', '/things/{id}', 204)
      .input(idInput)
      .mutation(() => undefined),
    turn: at('POST', '/things/{id}/turn')
      .input(z.strictObject({ id: z.string(), times: z._default(z.number(), 1) }))
      .mutation(({ input }) => input),
  }),
  guarded: at('POST', '/guarded')
    .use(() => {
      throw new Problem('token_expired');
    })
    .input(z.strictObject({ a: z.string() }))
    .mutation(() => 'unreached'),
  broken: at('GET', '/broken').query(() => {
    throw new Error('the password is hunter2');
  }),
});

const NO_COOKIE = { value: null, set() {}, clear() {} };

function context({ id }: FastifyRequest): CallContext {
  return {
    origin: { requestId: id, address: null, userAgent: '', device: null },
    identify: () => Promise.reject(new Error('Nobody asks.')),
    sessionCookie: NO_COOKIE,
    signInCookie: NO_COOKIE,
    passkeyCookie: NO_COOKIE,
    deviceCookie: NO_COOKIE,
  };
}

let app: FastifyInstance;

beforeAll(async () => {
  const config = { publicUrl: 'http://localhost:3000', trustedProxies: { has: () => false }, tls: null };
  app = createHttp({ config, log: createLog('silent') });
  registerRest(app, { router, createContext: context });
  await app.ready();
});
afterAll(() => app.close());

async function ask(method: InjectOptions['method'] & string, path: string, payload?: object | string) {
  const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
  const body =
    payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) };
  return app.inject({ method, url: `/api/v1${path}`, headers, ...body });
}

async function problem(method: InjectOptions['method'] & string, path: string, payload?: object | string) {
  const response = await ask(method, path, payload);
  expect(response.headers['content-type']).toBe('application/problem+json');
  return response.json<{ status: number; code: string; issues?: unknown[]; requestId: string }>();
}

describe('a procedure on REST', () => {
  it('takes its input from the query, the path and the body, and answers with its status', async () => {
    expect((await ask('GET', '/things?q=a%20b+c')).json()).toMatchObject({ q: 'a b c', limit: '50' });
    expect((await ask('GET', '/things/x7')).json()).toEqual({ id: 'x7' });
    expect((await ask('PATCH', '/things/x7', { name: 'ada' })).json()).toEqual({ id: 'x7', name: 'ada' });
    expect((await ask('POST', '/things/x7/turn')).json()).toEqual({ id: 'x7', times: 1 });
    const created = await ask('POST', '/things', { name: 'ada' });
    expect([created.statusCode, created.headers['content-type'], created.json()]).toEqual([
      201,
      'application/json',
      { made: 'ada' },
    ]);
    const removed = await ask('DELETE', '/things/x7');
    expect([removed.statusCode, removed.body, removed.headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('leaves the credential in the query out of the input', async () => {
    expect((await ask('GET', '/things/x7?api_key=lk_x')).json()).toEqual({ id: 'x7' });
  });

  it('is there only when it says so', async () => {
    expect(await problem('GET', '/hidden')).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('compresses long lists', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const response = await app.inject({ url: '/api/v1/things', headers });
    expect(response.headers['content-encoding']).toBe('gzip');
  });
});

describe('input that is refused', () => {
  it.each([
    ['a name in path and body', 'PATCH', '/things/x7', { id: 'x8', name: 'ada' }, 'id'],
    ['a name in path and query', 'GET', '/things/x7?id=x8', undefined, 'id'],
    ['an unknown name in the query', 'GET', '/things?more=1', undefined, 'more'],
    ['an unknown name in the body', 'POST', '/things', { name: 'ada', admin: true }, 'admin'],
    ['a query where a body belongs', 'POST', '/things?name=ada', { name: 'ada' }, 'name'],
    ['a name twice in the query', 'GET', '/things?q=a&q=b', undefined, 'q'],
    ['__proto__ in the query [B29]', 'GET', '/things?__proto__=1', undefined, '__proto__'],
    ['constructor in the query [B29]', 'GET', '/things?constructor=1', undefined, 'constructor'],
    ['a list for a body', 'POST', '/things', [], ''],
    ['null for a body', 'POST', '/things', 'null', ''],
  ] as const)('%s', async (_what, method, path, payload, field) => {
    const { status, code, issues } = await problem(method, path, payload);
    expect([status, code]).toEqual([400, 'input_invalid']);
    expect(issues).toContainEqual({ path: field, message: expect.any(String) });
  });

  it.each([
    ['broken JSON', '{"name":'],
    ['an empty text', ''],
    ['__proto__ [B29]', '{"name":"ada","__proto__":{"admin":true}}'],
    ['constructor [B29]', '{"name":"ada","constructor":{"prototype":{"admin":true}}}'],
    ['__proto__ by escapes [B29]', '{"name":"ada","\\u005f_proto__":1}'],
    ['endless nesting', `{"name":${'['.repeat(40_000)}${']'.repeat(40_000)}}`],
  ])('%s in the body', async (_what, payload) => {
    expect(await problem('POST', '/things', payload)).toMatchObject({ status: 400, code: 'request_malformed' });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'a body of type %s',
    async (type) => {
      const headers = { 'content-type': type };
      const response = await app.inject({ method: 'POST', url: '/api/v1/things', payload: '{"name":"ada"}', headers });
      expect([response.statusCode, response.json().code]).toEqual([415, 'media_type_unsupported']);
    },
  );

  it('bytes that are not UTF-8', async () => {
    const payload = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    const headers = { 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/api/v1/things', payload, headers });
    expect(response.json()).toMatchObject({ status: 400, code: 'request_malformed' });
  });
});

describe('a path', () => {
  it('refuses other methods by name, whatever they carry', async () => {
    const response = await ask('PUT', '/things/x7', '{');
    expect([response.statusCode, response.json().code]).toEqual([405, 'method_not_allowed']);
    expect(response.headers['allow']).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
  });

  it('answers HEAD like GET without a body, and OPTIONS with what it does', async () => {
    const head = await ask('HEAD', '/things/x7');
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '11']);
    const options = await ask('OPTIONS', '/things');
    expect([options.statusCode, options.headers['allow']]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
    expect(options.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['//things', '/things/', '/Things', '/things;x=1', '/things%2fx7', '/%74hings', '/things/x7/'])(
    'has one spelling, and %s is not found [B04]',
    async (path) => {
      expect(await problem('GET', path)).toMatchObject({ status: 404, code: 'not_found' });
    },
  );
});

describe('a failure', () => {
  it('comes before the input is looked at where the guard refuses', async () => {
    const response = await ask('POST', '/guarded', { b: 1 });
    expect([response.statusCode, response.json().code]).toEqual([401, 'token_expired']);
    expect(response.headers['www-authenticate']).toContain(
      'Bearer realm="latchkey", error="invalid_token", error_description="Token expired"',
    );
  });

  it('that nobody foresaw says nothing of itself', async () => {
    const response = await ask('GET', '/broken');
    expect(response.json()).toEqual({
      type: 'urn:latchkey:problem:internal',
      title: 'Something failed here. It was logged.',
      status: 500,
      detail: 'Something failed here. It was logged.',
      code: 'internal',
      requestId: response.headers['x-request-id'],
    });
  });
});

describe('the server refuses to start', () => {
  const register = (wrong: AnyRouter) => {
    const config = { publicUrl: 'http://localhost:3000', trustedProxies: { has: () => false }, tls: null };
    const other = createHttp({ config, log: createLog('silent') });
    return () => registerRest(other, { router: wrong, createContext: context });
  };

  it('with a mutation behind GET', () => {
    const wrong = trpc.router({ wipe: at('GET', '/wipe').mutation(() => 'wiped') });
    expect(register(wrong)).toThrow('wipe is a mutation');
  });

  it('with two procedures in one place', () => {
    const wrong = trpc.router({ one: at('GET', '/one').query(() => 1), other: at('GET', '/one').query(() => 2) });
    expect(register(wrong)).toThrow('GET /one is there twice.');
  });
});
