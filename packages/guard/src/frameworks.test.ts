import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { openTestServer, registerNotes, type TestServer } from '@latchkey/testkit';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createVerifier, type Verifier } from './verify.ts';

const AUDIENCE = 'https://notes.example.com';

let latchkey: TestServer;
let verifier: Verifier;
let secret: string;
let token: string;
beforeAll(async () => {
  latchkey = await openTestServer({ listens: true });
  const admin = await latchkey.admin();
  const { api } = admin;
  await registerNotes(admin, AUDIENCE);
  const { secret: apiKey } = await api.apiKeys.create.mutate({ name: 'own', permissions: ['api_keys:verify'] });
  const ipAllowList = ['127.0.0.1'];
  ({ secret } = await api.apiKeys.create.mutate({ name: 'key', permissions: ['notes:read'], ipAllowList }));
  ({ accessToken: token } = await api.tokens.create.mutate({ audience: AUDIENCE }));
  const { publicUrl: issuer, clock } = latchkey;
  verifier = createVerifier({ issuer, audience: AUDIENCE, introspection: { apiKey }, clock: clock.now });
});
afterAll(() => latchkey.close());

type Call = (headers: Record<string, string>) => Promise<Response>;
type Running = { call: Call; close(): unknown };

const demand = { requires: 'notes:read' } as const;

async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { call: callTo((server.address() as AddressInfo).port), close: () => server.close() };
}

function callTo(port: number): Call {
  return (headers) => fetch(`http://127.0.0.1:${port}/`, { headers });
}

/** Each with the guard as its users would write it. */
const FRAMEWORKS: Record<string, () => Promise<Running>> = {
  async Fastify() {
    const app = fastify();
    app.get('/', async (request, reply) => {
      const verified = await verifier.verify(request, demand);
      if (verified.ok) return verified.caller;
      const { status, headers, body } = verified.problem;
      return reply.code(status).headers(headers).type('application/problem+json').send(JSON.stringify(body));
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return { call: callTo((app.server.address() as AddressInfo).port), close: () => app.close() };
  },
  async Express() {
    const app = express();
    // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 handles rejections itself
    app.get('/', async (request, response) => {
      const verified = await verifier.verify(request, demand);
      if (verified.ok) return response.json(verified.caller);
      const { status, headers, body } = verified.problem;
      return response.status(status).set(headers).type('application/problem+json').send(JSON.stringify(body));
    });
    return listening(createServer(app));
  },
  async 'node:http'() {
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { headers, rawHeaders, socket } = request;
      const verified = await verifier.verify({ headers, rawHeaders, ip: socket.remoteAddress }, demand);
      if (verified.ok)
        return response.setHeader('content-type', 'application/json').end(JSON.stringify(verified.caller));
      const { problem } = verified;
      return response
        .writeHead(problem.status, { ...problem.headers, 'content-type': 'application/problem+json' })
        .end(JSON.stringify(problem.body));
    };
    return listening(createServer((request, response) => void answer(request, response)));
  },
  async Hono() {
    const app = new Hono<{ Bindings: { ip: string } }>();
    app.get('/', async ({ req, env, json }) => {
      const verified = await verifier.verify({ headers: req.raw.headers, ip: env.ip }, demand);
      return verified.ok ? json(verified.caller) : verified.problem.toResponse();
    });
    const call: Call = async (headers) => app.request('/', { headers }, { ip: '127.0.0.1' });
    return { call, close: () => undefined };
  },
  async 'a fetch handler'() {
    const handle = async (request: Request): Promise<Response> => {
      const verified = await verifier.verify(Object.assign(request, { ip: '127.0.0.1' }), demand);
      return verified.ok ? Response.json(verified.caller) : verified.problem.toResponse();
    };
    return { call: (headers) => handle(new Request('http://notes.example.com/', { headers })), close: () => undefined };
  },
};

describe.each(Object.keys(FRAMEWORKS))('a handler of %s', (name) => {
  let running: Running;
  beforeAll(async () => {
    running = await FRAMEWORKS[name]!();
  });
  afterAll(() => running.close());

  it('lets in by token and by key, from where the key works', async () => {
    const kinds = [];
    for (const text of [token, secret]) {
      const answer = await running.call({ authorization: `Bearer ${text}` });
      kinds.push([answer.status, ((await answer.json()) as { credential: { kind: string } }).credential.kind]);
    }
    expect(kinds).toEqual([
      [200, 'access_token'],
      [200, 'api_key'],
    ]);
  });

  it('answers a refusal as Latchkey itself would', async () => {
    const headers = { authorization: `Bearer ${token}x` };
    const own = await latchkey.stranger().rest('GET', '/me', undefined, headers);
    const answer = await running.call(headers);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    // Where tokens for Latchkey itself are given out is Latchkey's to say.
    const challenge = String(own.headers['www-authenticate']).replace(/, resource_metadata="[^"]+"$/, '');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([own.status, challenge]);
    const { requestId: _, ...body } = own.body;
    expect(await answer.json()).toEqual(body);
  });
});
