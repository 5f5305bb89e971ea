import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Actor, Origin } from '../actors/index.ts';
import { sha256 } from '../crypto/index.ts';
import { DEVICE_COOKIE, headersNamed, PASSKEY_COOKIE, SESSION_COOKIE, SIGN_IN_COOKIE } from '../http/index.ts';
import { DAY_MS } from '../time/index.ts';
import { browserCookies } from './browser-cookies.ts';
import type { CallContext } from './context.ts';
import { parseCookies, readCredential, type Presented } from './credential.ts';

/** The longest that browsers keep a cookie. Each sign-in begins it anew. */
const DEVICE_LIFETIME_MS = 400 * DAY_MS;

type IdentifyCall = (
  presented: Presented,
  call: { origin: Origin; method: string; calls: number; sessionCookie: CallContext['sessionCookie'] } & Question,
) => Promise<Actor>;

/** What another server asks about its own caller. */
export type Question = {
  /** Whom access tokens have to be for; without it, this server. */
  audience?: string | undefined;
  /** False where no cookie of the answer reaches the browser, and so none may be replaced. */
  renews?: boolean;
  /** By which the caller came there. */
  method?: string;
};

/** Makes each request's context. Who calls is asked once a request, when the first guard wants to know. */
export function createContextOpener(
  identify: IdentifyCall,
  lifetimesMs: { session: number; signIn: number; passkey: number },
) {
  /** `calls`: how many calls the request is for limits, since a batch holds several. */
  return (request: FastifyRequest, reply: FastifyReply, calls = 1, question: Question = {}): CallContext => {
    const cookie = browserCookies(request, reply);
    const deviceCookie = cookie(DEVICE_COOKIE, { lifetimeMs: DEVICE_LIFETIME_MS, sameSite: 'Lax' });
    const origin: Origin = {
      requestId: request.id,
      address: request.client.address,
      userAgent: request.headers['user-agent'] ?? '',
      device: deviceDigest(deviceCookie.value),
    };
    const sessionCookie = cookie(SESSION_COOKIE, { lifetimeMs: lifetimesMs.session, sameSite: 'Lax' });
    let actor: Promise<Actor> | undefined;
    return {
      origin,
      sessionCookie,
      signInCookie: cookie(SIGN_IN_COOKIE, { lifetimeMs: lifetimesMs.signIn, sameSite: 'Strict' }),
      passkeyCookie: cookie(PASSKEY_COOKIE, { lifetimeMs: lifetimesMs.passkey, sameSite: 'Strict' }),
      deviceCookie,
      identify: () => (actor ??= identifyRequest(identify, request, { origin, calls, sessionCookie, ...question })),
    };
  };
}

async function identifyRequest(
  identify: IdentifyCall,
  request: FastifyRequest,
  call: Omit<Parameters<IdentifyCall>[1], 'method'> & Question,
): Promise<Actor> {
  const presented = readCredential({
    authorization: headersNamed('authorization', request.raw),
    apiKeyHeader: headersNamed('x-api-key', request.raw),
    apiKeyQuery: apiKeyOfQuery(request),
    cookies: parseCookies(request.headers.cookie),
  });
  return identify(presented, { method: request.method, ...call });
}

function apiKeyOfQuery({ query }: FastifyRequest): string | string[] | undefined {
  return (query as Record<string, string | string[] | undefined>)['api_key'];
}

/** Null for anything that we can't have given out. */
function deviceDigest(token: string | null): string | null {
  return token !== null && /^[0-9A-Za-z]{43}$/.test(token) ? sha256(token) : null;
}
