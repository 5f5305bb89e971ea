import type { IncomingMessage } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Actor, Origin } from '../actors/index.ts';
import { SESSION_COOKIE } from '../http/index.ts';
import { SECOND_MS } from '../time/index.ts';
import type { CallContext } from './context.ts';
import { parseCookies, readCredential, type Presented } from './credential.ts';

type IdentifyCall = (
  presented: Presented,
  call: { origin: Origin; method: string; calls: number; sessionCookie: CallContext['sessionCookie'] },
) => Promise<Actor>;

/** Makes each request's context. Who calls is asked once a request, when the first guard wants to know. */
export function createContextOpener(identify: IdentifyCall, sessionLifetimeMs: number) {
  /** `calls`: how many calls the request is for limits, since a batch holds several. */
  return (request: FastifyRequest, reply: FastifyReply, calls = 1): CallContext => {
    const origin: Origin = {
      requestId: request.id,
      address: request.client.address,
      userAgent: request.headers['user-agent'] ?? '',
    };
    const sessionCookie = sessionCookieOf(reply, sessionLifetimeMs);
    let actor: Promise<Actor> | undefined;
    return {
      origin,
      sessionCookie,
      identify: () => (actor ??= identifyRequest(identify, request, { origin, calls, sessionCookie })),
    };
  };
}

async function identifyRequest(
  identify: IdentifyCall,
  request: FastifyRequest,
  call: { origin: Origin; calls: number; sessionCookie: CallContext['sessionCookie'] },
): Promise<Actor> {
  const presented = readCredential({
    authorization: headersNamed('authorization', request.raw),
    apiKeyHeader: headersNamed('x-api-key', request.raw),
    apiKeyQuery: apiKeyOfQuery(request),
    cookies: parseCookies(request.headers.cookie),
  });
  return identify(presented, { ...call, method: request.method });
}

/** Each time that it comes: of several `Authorization` headers, Node shows the first alone, and a proxy may look at another. */
function headersNamed(name: string, { rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

function apiKeyOfQuery({ query }: FastifyRequest): string | string[] | undefined {
  return (query as Record<string, string | string[] | undefined>)['api_key'];
}

function sessionCookieOf(reply: FastifyReply, lifetimeMs: number): CallContext['sessionCookie'] {
  const write = (value: string, maxAgeSeconds: number) => {
    // Fastify gathers repeated Set-Cookie headers. The last word counts: a renewed cookie must not outlive a sign-out.
    reply.removeHeader('set-cookie');
    reply.header(
      'set-cookie',
      `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`,
    );
  };
  return {
    set: (sealed) => write(sealed, Math.floor(lifetimeMs / SECOND_MS)),
    clear: () => write('', 0),
  };
}
