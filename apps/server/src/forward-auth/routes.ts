import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Actor } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { VISIT_COOKIE, type Query } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import { browserCookies, type CallContext } from '../rpc/index.ts';
import { MINUTE_MS } from '../time/index.ts';
import { FINISH, isAllowed, visitCookie, type ForwardAuthNeeds } from './needs.ts';
import { originalOf, safePath } from './original.ts';
import { answerQuestion } from './question.ts';

/** Binds a way through the sign-in to the browser that began it. */
const STATE_COOKIE = '__Host-latchkey-visit-state';
const STATE_LIFETIME_MS = 30 * MINUTE_MS;

/** A proxy's question, and the browser's three steps: from the guarded host, to the sign-in here, and back there. */
export function registerForwardAuth(app: FastifyInstance, needs: ForwardAuthNeeds): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/forward-auth',
    config: { guardsAnother: true },
    handler: (request, reply) => answerQuestion(needs, request, reply),
  });
  app.get('/forward-auth/begin', (request, reply) => begin(needs, request, reply));
  app.get('/forward-auth/sign-in', (request, reply) => signIn(needs, request, reply));
  app.get('/forward-auth/finish', (request, reply) => finish(needs, request, reply));
}

async function begin(needs: ForwardAuthNeeds, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const origin = await guardedOrigin(needs, request);
  const cookie = stateCookie(request, reply);
  // Two tabs that begin at once share it.
  const state = stateOf(cookie.value) ?? randomBase62(43);
  cookie.set(state);
  const query = new URLSearchParams({ origin, to: safePath(once(request, 'to'), origin), state: sha256(state) });
  return reply.redirect(`${needs.publicUrl}/forward-auth/sign-in?${query.toString()}`, 303);
}

async function signIn(needs: ForwardAuthNeeds, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const origin = once(request, 'origin');
  if (!(await isAllowed(needs, origin))) throw new Problem('not_found');
  const actor = await visitor(needs.createContext(request, reply));
  if (actor?.kind !== 'person' || actor.credential.kind !== 'session' || actor.lacksFactor?.isDue)
    return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const ticket = needs.visits.sealTicket({
    sid: actor.credential.id,
    origin,
    path: safePath(once(request, 'to'), origin),
    stateDigest: once(request, 'state'),
  });
  return reply.redirect(`${origin}${FINISH}?ticket=${ticket}`, 303);
}

async function finish(needs: ForwardAuthNeeds, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const origin = await guardedOrigin(needs, request);
  const state = stateOf(stateCookie(request, reply).value);
  const ticket = state === null ? null : needs.visits.openTicket(once(request, 'ticket'), origin, state);
  if (ticket === null) throw new Problem('request_malformed');
  visitCookie(request, reply, VISIT_COOKIE).set(needs.visits.sealVisit({ sid: ticket.sid, origin }));
  return reply.redirect(`${origin}${ticket.path}`, 303);
}

/** The host in front of which a trusted proxy stands, when an admin allowed it. To anybody else there is nothing here. */
async function guardedOrigin(needs: ForwardAuthNeeds, request: FastifyRequest): Promise<string> {
  const original = originalOf(request);
  if (original === null || !(await isAllowed(needs, original.origin))) throw new Problem('not_found');
  return original.origin;
}

async function visitor(ctx: CallContext): Promise<Actor | null> {
  try {
    return await ctx.identify();
  } catch (error) {
    if (error instanceof Problem && error.code === 'session_ended') return null;
    throw error;
  }
}

/** A parameter that came once; none of another form means anything. */
function once({ query }: FastifyRequest, name: string): string {
  const value = (query as Query)[name];
  return typeof value === 'string' ? value : '';
}

function stateCookie(request: FastifyRequest, reply: FastifyReply) {
  return browserCookies(request, reply)(STATE_COOKIE, { lifetimeMs: STATE_LIFETIME_MS, sameSite: 'Lax' });
}

function stateOf(value: string | null): string | null {
  return value !== null && /^[0-9A-Za-z]{43}$/.test(value) ? value : null;
}
