import { audience, permissionName } from '@latchkey/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod/mini';

import type { AccountActor, Actor } from '../actors/index.ts';
import { problemOfError, refusalBehindProxy, reportProblem, sendProblem, VISIT_COOKIE } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from '../rpc/index.ts';
import { isPage, methodAsked, originalOf, type Original } from './original.ts';
import { BEGIN, isAllowed, visitCookie, type ForwardAuthNeeds } from './needs.ts';

/** What the proxy's configuration asks for, and nothing else: a caller's own query that slipped in is refused. */
const asked = z.strictObject({
  permission: z.optional(permissionName),
  audience: z.optional(audience),
  api_key: z.optional(z.string()),
});
/** What signing in again mends. */
const SIGNED_OUT = new Set<string>(['credential_missing', 'session_ended', 'factor_required']);

/** May this caller go on, and who is it? No cookie of the answer reaches the browser, so none is renewed. */
export async function answerQuestion(
  needs: ForwardAuthNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const original = originalOf(request);
  try {
    void reply.headers(identityOf(await admit(needs, request, reply, original)));
  } catch (error) {
    return refuse(needs, request, reply, { problem: problemOfError(error), original });
  }
  return reply.send();
}

async function admit(
  needs: ForwardAuthNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  original: Original | null,
): Promise<AccountActor> {
  const { permission = null, audience: meant } = readQuery(request.query);
  const { headers } = request;
  const foreign = original && refusalBehindProxy({ method: original.method, headers }, original.origin);
  if (foreign) throw foreign;
  const ctx = contextOf(needs, request, reply, { original, audience: meant });
  return needs.rpc.admit(ctx, 'forward-auth', permission);
}

async function refuse(
  needs: ForwardAuthNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  { problem, original }: { problem: Problem; original: Original | null },
): Promise<FastifyReply> {
  reportProblem(request, problem);
  if (original && SIGNED_OUT.has(problem.code) && isPage(request, original)) {
    const way = await wayIn(needs, original);
    if (way !== null) void reply.header('location', way);
  }
  return sendProblem(reply, problem);
}

function readQuery(query: unknown): z.infer<typeof asked> {
  const read = asked.safeParse({ ...(query as object) });
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Problem('input_invalid', { issues });
}

/** The request's own credential; without one, the visit that its cookie tells of. */
function contextOf(
  needs: ForwardAuthNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  about: { original: Original | null; audience: string | undefined },
): CallContext {
  const question = { audience: about.audience, renews: false, method: methodAsked(request.headers) };
  const ctx = needs.createContext(request, reply, 1, question);
  return {
    ...ctx,
    async identify(): Promise<Actor> {
      const actor = await ctx.identify();
      if (actor.kind !== 'anonymous' || about.original === null) return actor;
      const sealed = visitCookie(request, reply, VISIT_COOKIE).value;
      if (sealed === null || !(await isAllowed(needs, about.original.origin))) return actor;
      const visit = needs.visits.openVisit(sealed, about.original.origin);
      return visit === null ? actor : needs.identify.session(visit.sid, ctx.origin);
    },
  };
}

/** All three each time, so that whatever the caller wrote into them is overwritten where a proxy copies what it is given. */
function identityOf({ accountId, kind, permissions }: AccountActor): Record<string, string> {
  return {
    'x-latchkey-subject': accountId,
    'x-latchkey-kind': kind,
    'x-latchkey-permissions': [...permissions].toSorted().join(' '),
  };
}

/** Where a browser signs in and comes back from; null where an admin hasn't allowed the host. */
async function wayIn(needs: ForwardAuthNeeds, { origin, path }: Original): Promise<string | null> {
  if (origin === needs.publicUrl) return `${origin}/sign-in?next=${encodeURIComponent(path)}`;
  return (await isAllowed(needs, origin)) ? `${origin}${BEGIN}?to=${encodeURIComponent(path)}` : null;
}
