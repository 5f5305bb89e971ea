import { fastifyTRPCPlugin, type CreateFastifyContextOptions } from '@trpc/server/adapters/fastify';
import { initTRPC } from '@trpc/server';
import { fastify, type FastifyInstance, type FastifyRequest, type InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';

import { createHttp, createLog } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from './context.ts';
import { formatTrpcError } from './problem-body.ts';
import { registerTrpc } from './trpc-edge.ts';

const trpc = initTRPC.context<CallContext>().create({ errorFormatter: formatTrpcError, isDev: false, isServer: true });

const LONG_LIST = Array.from({ length: 100 }, (_, index) => `item number ${index}`);
let inputsRead = 0;

const router = trpc.router({
  hello: trpc.procedure.output(z.object({ hello: z.string() })).query(() => ({ hello: 'world' })),
  nothing: trpc.procedure.mutation(() => undefined),
  things: trpc.router({
    get: trpc.procedure.input(z.strictObject({ id: z.string() })).query(({ input }) => ({ got: input.id })),
    list: trpc.procedure.query(() => ({ items: LONG_LIST, nextCursor: null })),
    add: trpc.procedure
      .input(z.strictObject({ name: z.string().check(z.minLength(2, 'Use at least 2 characters.')) }))
      .mutation(({ input }) => ({ added: input.name })),
  }),
  refuse: trpc.procedure
    .use(() => {
      throw new Problem('rate_limited', { retryAfterSeconds: 7 });
    })
    .input(z.string())
    .mutation(() => 'unreached'),
  broken: trpc.procedure.query(() => {
    throw new Error('the password is hunter2');
  }),
  misshapen: trpc.procedure.output(z.object({ id: z.string() })).query(() => ({ id: 7 }) as unknown as { id: string }),
  counted: trpc.procedure
    .input((value) => {
      inputsRead += 1;
      return value;
    })
    .query(({ input }) => ({ input })),
  refusePermission: trpc.procedure.query(() => {
    throw new Problem('permission_missing', {
      denial: { procedure: 'x', credential: 'session', missing: ['users:read'] },
    });
  }),
});

const NO_COOKIE = { value: null, set() {}, clear() {} };

function context(request: FastifyRequest): CallContext {
  return {
    origin: { requestId: request.id, address: null, userAgent: '', device: null },
    identify: () => Promise.reject(new Error('Nobody asks.')),
    sessionCookie: NO_COOKIE,
    signInCookie: NO_COOKIE,
    passkeyCookie: NO_COOKIE,
    deviceCookie: NO_COOKIE,
  };
}

let ours: FastifyInstance;
let stock: FastifyInstance;

beforeAll(async () => {
  const config = { publicUrl: 'http://localhost:3000', trustedProxies: { has: () => false }, tls: null };
  ours = createHttp({ config, log: createLog('silent') });
  registerTrpc(ours, { router, createContext: context });
  stock = fastify({ routerOptions: { maxParamLength: 1000 }, bodyLimit: 100 * 1024 });
  await stock.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: { router, createContext: ({ req }: CreateFastifyContextOptions) => context(req), maxBatchSize: 10 },
  });
});
afterAll(() => Promise.all([ours.close(), stock.close()]));

type Answer = { status: number; body: unknown };

async function ask(app: FastifyInstance, request: InjectOptions): Promise<Answer> {
  const { statusCode, body } = await app.inject(request);
  return { status: statusCode, body: /^[[{]/.test(body) ? JSON.parse(body) : body };
}

/** Request ids differ from answer to answer, and where the input can't be read, our sentence says why. */
function comparable({ status, body }: Answer): Answer {
  const text = JSON.stringify(body).replaceAll(/"(requestId|detail|message)":"[^"]*"/g, '"$1":"…"');
  return { status, body: JSON.parse(text) };
}

function get(path: string, input?: unknown, query = ''): InjectOptions {
  const text = input === undefined ? '' : `&input=${encodeURIComponent(JSON.stringify(input))}`;
  return { url: `/trpc/${path}?${query}${text}` };
}

function post(path: string, payload: string, type: string | null = 'application/json'): InjectOptions {
  return { method: 'POST', url: `/trpc/${path}`, payload, headers: type === null ? {} : { 'content-type': type } };
}

describe('the same as the stock adapter answers', () => {
  it.each<[string, InjectOptions]>([
    ['a query', get('hello')],
    ['a query with input', get('things.get', { id: 'a b&c=d/é' })],
    ['a query with input it does not take', get('hello', { id: 'a' })],
    ['a query without its input', get('things.get')],
    ['a query with an empty input', { url: '/trpc/things.get?input=' }],
    ['a query with null', get('things.get', null)],
    ['a query with wrong input', get('things.get', { id: 7, more: true })],
    ['a query with broken JSON', { url: '/trpc/things.get?input={"id"' }],
    ['a query that another encoding hides', { url: '/trpc/things.get?input=%257B%2522id%2522%253A1%257D' }],
    ['a query with a content type', { ...get('hello'), headers: { 'content-type': 'application/json' } }],
    ['a query that fails', get('broken')],
    ['a query whose answer is misshapen', get('misshapen')],
    ['a query by POST', post('things.get', '{"id":"a"}')],
    ['a query by PUT', { ...post('things.get', '{"id":"a"}'), method: 'PUT' }],
    ['a query by DELETE without a body', { ...get('hello'), method: 'DELETE' }],
    ['a query by HEAD', { ...get('hello'), method: 'HEAD' }],
    ['a mutation', post('things.add', '{"name":"ada"}')],
    ['a mutation with a charset', post('things.add', '{"name":"ada"}', 'application/json; charset=utf-8')],
    ['a mutation without answer', post('nothing', '{}')],
    ['a mutation without answer, body empty', post('nothing', '')],
    ['a mutation with wrong input', post('things.add', '{"name":"a"}')],
    ['a mutation with an empty body', post('things.add', '')],
    ['a mutation with broken JSON', post('things.add', '{"name":')],
    ['a mutation with a list', post('things.add', '["ada"]')],
    ['a mutation without a content type or body', { method: 'POST', url: '/trpc/nothing' }],
    ['a mutation that does not read its input', post('nothing', '['.repeat(50_000))],
    ['a mutation by GET', get('things.add', { name: 'ada' })],
    ['a mutation that is refused', post('refuse', '"x"')],
    ['a mutation that is refused before its broken JSON is read', post('refuse', '{')],
    ['a path that is not there', get('things.nope')],
    ['a path that is a router', get('things')],
    ['a path of every object [B29]', get('constructor')],
    ['a path of every object, by another name [B29]', get('__proto__')],
    ['a path of every function [B29]', get('hello.call')],
    ['a batch of one', get('hello', {}, 'batch=1')],
    ['a batch of queries', get('hello,things.get,hello', { 1: { id: 'x' } }, 'batch=1')],
    ['a batch without input', get('hello,hello', undefined, 'batch=1')],
    ['a batch in which one fails', get('hello,things.get', { 1: { id: 7 } }, 'batch=1')],
    ['a batch in which all fail alike', get('things.get,things.get', {}, 'batch=1')],
    ['a batch in which all fail differently', get('things.get,nope,broken', {}, 'batch=1')],
    ['a batch with a list for input', get('things.get,hello', [{ id: 'x' }], 'batch=1')],
    ['a batch with text for input', get('things.get,hello', 'x', 'batch=1')],
    ['a batch with null for input', get('things.get,hello', null, 'batch=1')],
    ['a batch with broken JSON', { url: '/trpc/things.get,hello?batch=1&input={' }],
    ['a batch of mutations', post('things.add,things.add?batch=1', '{"0":{"name":"ada"},"1":{"name":"bob"}}')],
    ['a batch of mutations, one refused', post('things.add,refuse?batch=1', '{"0":{"name":"ada"},"1":"x"}')],
    ['a batch of mutations, body empty', post('things.add,things.add?batch=1', '')],
    ['a batch of queries and mutations', get('hello,things.add', {}, 'batch=1')],
    ['a batch of mutations by GET', get('things.add,nothing', {}, 'batch=1')],
    ['a batch of ten', get(Array(10).fill('hello').join(','), {}, 'batch=1')],
    ['a batch of eleven', get(Array(11).fill('hello').join(','), {}, 'batch=1')],
    ['a batch of fifty [B26]', get(Array(50).fill('hello').join(','), {}, 'batch=1')],
    ['a batch with an empty name', get('hello,,hello', {}, 'batch=1')],
    ['commas without a batch', get('hello,hello')],
    ['a batch that is not called 1', get('hello', {}, 'batch=true')],
  ])('to %s', async (_what, request) => {
    const [expected, answer] = await Promise.all([ask(stock, request), ask(ours, request)]);
    expect(comparable(answer)).toEqual(comparable(expected));
  });
});

/** Each is listed with its reason in `decisions/2026-11-22-edge.md`. */
describe('otherwise than the stock adapter answers', () => {
  const code = (answer: Answer) =>
    (answer.body as { error?: { data: { problem: { code: string } } }; code?: string }).error?.data.problem.code ??
    (answer.body as { code?: string }).code;

  it.each<[string, InjectOptions, number, string, number]>([
    ['a path with an encoded letter [B04]', { url: '/trpc/%68ello' }, 404, 'not_found', 200],
    ['a path encoded twice [B04]', { url: '/trpc/%2568ello' }, 404, 'not_found', 200],
    ['a path whose comma is encoded', { url: '/trpc/hello%2Chello?batch=1' }, 404, 'not_found', 200],
    ['no procedure at all', { url: '/trpc/?batch=1' }, 404, 'not_found', 404],
    ['the input twice', { url: '/trpc/things.get?input={"id":"a"}&input={"id":"b"}' }, 400, 'request_malformed', 200],
    [
      'a key named __proto__ [B29]',
      post('things.add', '{"name":"ada","__proto__":{"a":1}}'),
      400,
      'request_malformed',
      400,
    ],
    [
      'a key named constructor [B29]',
      post('things.add', '{"name":"ada","constructor":{"a":1}}'),
      400,
      'request_malformed',
      400,
    ],
    [
      'nesting without end, read',
      post('things.add', `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
      400,
      'request_malformed',
      400,
    ],
    ['a form', post('nothing', 'a=b', 'application/x-www-form-urlencoded'), 415, 'media_type_unsupported', 415],
    [
      'a form with files',
      post('nothing', '--x--', 'multipart/form-data; boundary=x'),
      415,
      'media_type_unsupported',
      500,
    ],
    ['plain text', post('nothing', '{}', 'text/plain'), 415, 'media_type_unsupported', 415],
    ['bytes', post('nothing', '{}', 'application/octet-stream'), 415, 'media_type_unsupported', 415],
    ['a body without a type', post('nothing', '{}', null), 415, 'media_type_unsupported', 415],
    ['a body that is too large', post('nothing', `"${'a'.repeat(110_000)}"`), 413, 'body_too_large', 413],
  ])('to %s', async (_what, request, status, problem, stockStatus) => {
    const [stocks, answer] = await Promise.all([ask(stock, request), ask(ours, request)]);
    expect([stocks.status, answer.status, code(answer) ?? '']).toEqual([stockStatus, status, problem]);
    expect(answer.body).not.toEqual(stocks.body);
  });
});

describe('a failed call', () => {
  it('tells its problem, and nothing of the error', async () => {
    const response = await ours.inject(get('broken'));
    expect(response.json()).toEqual({
      error: {
        message: 'Something failed here. It was logged.',
        code: -32603,
        data: {
          code: 'INTERNAL_SERVER_ERROR',
          httpStatus: 500,
          path: 'broken',
          problem: expect.objectContaining({ code: 'internal', requestId: response.headers['x-request-id'] }),
        },
      },
    });
    expect(response.body).not.toMatch(/hunter2|stack|trpc-edge/);
  });

  it.each<[string, InjectOptions, string]>([
    ['a query by POST', post('things.get', '{"id":"a"}'), 'GET, HEAD'],
    ['queries by PUT', { ...post('hello,hello?batch=1', '{}'), method: 'PUT' }, 'GET, HEAD'],
    ['a mutation by GET', get('things.add', { name: 'ada' }), 'POST'],
  ])('says which methods would do: %s', async (_what, request, allowed) => {
    const { statusCode, headers } = await ours.inject(request);
    expect([statusCode, headers['allow']]).toEqual([405, allowed]);
  });

  it('names each bad field', async () => {
    const answer = await ask(ours, get('things.get', { id: 7, more: true }));
    expect(answer.body).toMatchObject({
      error: {
        data: {
          problem: {
            code: 'input_invalid',
            issues: [
              { path: 'id', message: 'Use text.' },
              { path: 'more', message: 'There is no such field.' },
            ],
          },
        },
      },
    });
  });

  it('says in a header how to do better, and when', async () => {
    expect((await ours.inject(get('refusePermission'))).headers['www-authenticate']).toBe(
      'Bearer realm="latchkey", error="insufficient_scope", scope="users:read"',
    );
    expect((await ours.inject(post('refuse', '"x"'))).headers['retry-after']).toBe('7');
    expect((await ours.inject(get('hello,refusePermission', {}, 'batch=1'))).headers['www-authenticate']).toContain(
      'scope',
    );
  });
});

it("doesn't read an input that no procedure asks for", async () => {
  const before = inputsRead;
  expect((await ask(ours, { url: '/trpc/hello?input={' })).status).toBe(200);
  expect(inputsRead).toBe(before);
  expect((await ask(ours, get('counted', { a: 1 }))).body).toEqual({ result: { data: { input: { a: 1 } } } });
});

describe('compression', () => {
  const headers = { 'accept-encoding': 'gzip, br' };

  it('is for long lists', async () => {
    const { headers: got, rawPayload } = await ours.inject({ ...get('things.list'), headers });
    expect(got['content-encoding']).toBe('gzip');
    expect(rawPayload.length).toBeLessThan(1000);
  });

  it('is never for a batch that holds anything else, nor for a client that does not ask', async () => {
    const mixed = await ours.inject({ ...get('things.list,hello', {}, 'batch=1'), headers });
    expect(mixed.headers['content-encoding']).toBeUndefined();
    expect((await ours.inject(get('things.list'))).headers['content-encoding']).toBeUndefined();
  });
});
