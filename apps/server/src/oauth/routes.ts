import { ALL_PERMISSIONS } from '@latchkey/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { AccountActor, Actor } from '../actors/index.ts';
import { READABLE_ANYWHERE, RESOURCE_METADATA, SESSION_COOKIE } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from '../rpc/index.ts';
import type { Engine } from './engine.ts';
import { noteVisit, type SignedInSession } from './visits.ts';

export type OAuthRoutesNeeds = {
  engine: Engine;
  issuer: string;
  createContext: (request: FastifyRequest, reply: FastifyReply) => CallContext;
};

type Route = {
  method: ('GET' | 'HEAD' | 'POST' | 'OPTIONS')[];
  url: string;
  asks?: 'sign-in' | 'session';
  isOwnForm?: true;
  isMetadata?: true;
};

/** Who lacks a second factor that is due isn't signed in enough to go on (`sign-in`), but has a session to end. */
function isEnough(asks: Route['asks'], { lacksFactor }: AccountActor): boolean {
  return asks === 'session' || !lacksFactor?.isDue;
}

/** What the engine answers. Only the browser's own steps look at our session; the rest carry what they need. */
const ROUTES: readonly Route[] = [
  { method: ['GET'], url: '/oauth/authorize', asks: 'sign-in' },
  { method: ['GET'], url: '/oauth/authorize/:uid', asks: 'sign-in' },
  { method: ['GET'], url: '/oauth/sign-out', asks: 'session' },
  { method: ['POST'], url: '/oauth/sign-out/confirm', asks: 'session', isOwnForm: true },
  { method: ['GET'], url: '/oauth/sign-out/success' },
  { method: ['POST', 'OPTIONS'], url: '/oauth/token' },
  { method: ['GET', 'POST', 'OPTIONS'], url: '/oauth/userinfo' },
  { method: ['POST', 'OPTIONS'], url: '/oauth/introspect' },
  { method: ['POST', 'OPTIONS'], url: '/oauth/device' },
  { method: ['POST', 'OPTIONS'], url: '/oauth/revoke' },
  { method: ['POST', 'OPTIONS'], url: '/oauth/par' },
  { method: ['GET', 'HEAD', 'OPTIONS'], url: '/.well-known/openid-configuration', isMetadata: true },
  { method: ['GET', 'HEAD', 'OPTIONS'], url: '/.well-known/oauth-authorization-server', isMetadata: true },
];

/** Form posts that other sites' pages make, and whose parameters go on as a GET: then the browser sends our cookie along. */
const REDIRECTED = ['/oauth/authorize', '/oauth/sign-out'];

function resourceMetadata(issuer: string) {
  return {
    resource: issuer,
    resource_name: 'Latchkey',
    authorization_servers: [issuer],
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: ALL_PERMISSIONS,
    bearer_methods_supported: ['header'],
  };
}

export function registerOAuth(app: FastifyInstance, { engine, createContext, issuer }: OAuthRoutesNeeds): void {
  void app.register(async (scope: FastifyInstance) => {
    // The engine reads forms by itself, 56 KiB at most.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async () => undefined);
    scope.addHook('onRequest', mendContentType);
    for (const { method, url, asks, isOwnForm = false, isMetadata = false } of ROUTES) {
      scope.route({
        method,
        url,
        config: { anyOrigin: !isOwnForm },
        handler: async (request, reply) => {
          // The engine answers a preflight by itself, unless it finds an answer there.
          if (isMetadata && request.method !== 'OPTIONS') void reply.headers(READABLE_ANYWHERE);
          const context = createContext(request, reply);
          const session = asks === undefined ? null : await sessionOf(request, context, asks);
          noteVisit(request.raw, { origin: context.origin, session });
          return answer(engine, request, reply);
        },
      });
    }
    void scope.register(redirectForms);
    scope.route({
      method: ['GET', 'HEAD'],
      url: RESOURCE_METADATA,
      config: { anyOrigin: true },
      handler: async (_request, reply) => reply.headers(READABLE_ANYWHERE).send(resourceMetadata(issuer)),
    });
  });
}

/** What isn't a type at all would be refused before the engine sees it, and not by the RFC's error. */
async function mendContentType({ headers }: FastifyRequest): Promise<void> {
  const { 'content-type': type } = headers;
  if (type !== undefined && !/^[\w.+-]+\/[\w.+-]+ *(?:;|$)/.test(type))
    headers['content-type'] = 'application/octet-stream';
}

async function redirectForms(scope: FastifyInstance): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, body: string) => body,
  );
  for (const url of REDIRECTED) {
    scope.post(url, { config: { anyOrigin: true } }, async ({ body }, reply) => {
      const query = new URLSearchParams(typeof body === 'string' ? body : '');
      return reply.redirect(`${url}?${query.toString()}`, 303);
    });
  }
}

/** Ours is the truth: an ended session is no session, and the engine then asks the person to sign in. */
async function sessionOf(
  { headers }: FastifyRequest,
  context: CallContext,
  asks: Route['asks'],
): Promise<SignedInSession | null> {
  if (!headers.cookie?.includes(`${SESSION_COOKIE}=`)) return null;
  try {
    return signedInSession(await context.identify(), asks);
  } catch (error) {
    if (error instanceof Problem && error.code === 'session_ended') return null;
    throw error;
  }
}

function signedInSession(actor: Actor, asks: Route['asks']): SignedInSession | null {
  if (actor.kind !== 'person' || actor.credential.kind !== 'session' || !isEnough(asks, actor)) return null;
  const { id, authenticatedAtMs } = actor.credential;
  return { id, authenticatedAtMs, accountId: actor.accountId };
}

/** Our headers are on it already; what the engine says of the same name wins. */
async function answer(engine: Engine, { raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const give = await engine.answer();
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  await give(raw, reply.raw);
}
