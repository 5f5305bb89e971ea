import { challengeOf } from '@latchkey/credentials';
import { PROBLEMS, type ProblemBody, type ProblemCode } from '@latchkey/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from '../problems/index.ts';
import { storageProblemOf } from '../storage/index.ts';
import { sendText } from './send-text.ts';

/** The problem as it crosses the wire, by RFC 9457. */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { title, status } = PROBLEMS[problem.code];
  const { issues, denial, denialId, retryAfterSeconds } = problem.facts;
  return {
    type: `urn:latchkey:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    requestId,
    ...(issues && { issues }),
    ...(denial && { denial }),
    ...(denialId && { denialId }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** What goes into the answer's headers beside the body: how to authenticate better, which methods would do, and when to come again. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const { status } = PROBLEMS[problem.code];
  const { allowed, denial, maxAgeSeconds, retryAfterSeconds } = problem.facts;
  const waits = status === 429 || status === 503;
  return {
    ...((status === 401 || status === 403) && {
      'www-authenticate': challengeOf(problem.code, { missing: denial?.missing, maxAgeSeconds }),
    }),
    // RFC 9110, section 15.5.6.
    ...(allowed && { allow: allowed.join(', ') }),
    ...(waits && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1))) }),
  };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.code(PROBLEMS[problem.code].status).headers(problemHeaders(problem));
  return sendText(reply, 'application/problem+json', JSON.stringify(problemBody(problem, reply.request.id)));
}

/** What fails on our side is logged with its cause; what the caller did wrong is in the request's own line. */
export function reportProblem({ log, id }: FastifyRequest, problem: Problem): void {
  const { status } = PROBLEMS[problem.code];
  if (status < 500) return;
  const level = problem.code === 'overloaded' ? 'warn' : 'error';
  log[level]({ requestId: id, code: problem.code, err: problem.cause ?? problem }, 'request failed');
}

/** The problem that the error is. What nobody named is a bug of ours, and answers `internal`. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return problemOfFastify(error) ?? storageProblemOf(error) ?? new Problem('internal', { cause: error });
}

/** Fastify's own refusals, by its codes: https://fastify.dev/docs/latest/Reference/Errors/ */
const FASTIFY_REFUSALS: ReadonlyMap<unknown, ProblemCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'media_type_unsupported'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'request_malformed'],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', 'request_malformed'],
  ['FST_ERR_NOT_FOUND', 'not_found'],
  ['FST_ERR_BAD_URL', 'not_found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  // The client went away in the middle of its body.
  ['ECONNRESET', 'request_malformed'],
]);

function problemOfFastify(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return null;
  const code = FASTIFY_REFUSALS.get(error.code);
  return code === undefined ? null : new Problem(code);
}
