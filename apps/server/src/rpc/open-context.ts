import type { IncomingMessage } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Actor, Origin } from '../actors/index.ts';
import { sha256 } from '../crypto/index.ts';
import { DEVICE_COOKIE, SESSION_COOKIE } from '../http/index.ts';
import { DAY_MS, SECOND_MS } from '../time/index.ts';
import type { CallContext } from './context.ts';
import { parseCookies, readCredential, type Presented } from './credential.ts';

/** The longest that browsers keep a cookie. Each sign-in begins it anew. */
const DEVICE_LIFETIME_MS = 400 * DAY_MS;

type IdentifyCall = (
  presented: Presented,
  call: { origin: Origin; method: string; sessionCookie: CallContext['sessionCookie'] },
) => Promise<Actor>;

/** Makes each request's context. Who calls is asked once a request, when the first guard wants to know. */
export function createContextOpener(identify: IdentifyCall, sessionLifetimeMs: number) {
  return (request: FastifyRequest, reply: FastifyReply): CallContext => {
    const deviceToken = deviceTokenOf(request);
    const origin: Origin = {
      requestId: request.id,
      address: request.client.address,
      userAgent: request.headers['user-agent'] ?? '',
      device: deviceToken && sha256(deviceToken),
    };
    const setCookie = cookieSetter(reply);
    const sessionCookie = sessionCookieOf(setCookie, sessionLifetimeMs);
    let actor: Promise<Actor> | undefined;
    return {
      origin,
      sessionCookie,
      deviceCookie: {
        keep(newToken) {
          const token = newToken ?? deviceToken;
          if (token !== null) setCookie(DEVICE_COOKIE, token, DEVICE_LIFETIME_MS);
        },
      },
      identify: () => (actor ??= identifyRequest(identify, request, { origin, sessionCookie })),
    };
  };
}

async function identifyRequest(
  identify: IdentifyCall,
  request: FastifyRequest,
  call: { origin: Origin; sessionCookie: CallContext['sessionCookie'] },
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

/** Null for anything that we can't have given out. */
function deviceTokenOf({ headers }: FastifyRequest): string | null {
  const [token] = parseCookies(headers.cookie).get(DEVICE_COOKIE) ?? [];
  return token !== undefined && /^[0-9A-Za-z]{43}$/.test(token) ? token : null;
}

type SetCookie = (name: string, value: string, lifetimeMs: number) => void;

/** The last word on each cookie counts: a renewed one must not outlive a sign-out. Fastify alone would send them all. */
function cookieSetter(reply: FastifyReply): SetCookie {
  const cookies = new Map<string, string>();
  return (name, value, lifetimeMs) => {
    const maxAgeSeconds = Math.floor(lifetimeMs / SECOND_MS);
    cookies.set(name, `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`);
    reply.removeHeader('set-cookie');
    reply.header('set-cookie', [...cookies.values()]);
  };
}

function sessionCookieOf(setCookie: SetCookie, lifetimeMs: number): CallContext['sessionCookie'] {
  return {
    set: (sealed) => setCookie(SESSION_COOKIE, sealed, lifetimeMs),
    clear: () => setCookie(SESSION_COOKIE, '', 0),
  };
}
