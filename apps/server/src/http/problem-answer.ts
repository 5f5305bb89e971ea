import { PROBLEMS, type ProblemBody, type ProblemCode } from '@latchkey/schemas';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';

import { Problem } from '../problems/index.ts';
import { storageProblemOf } from '../storage/index.ts';
import { sendText } from './send-text.ts';

/** The problem as it crosses the wire, by RFC 9457. */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { title, status } = PROBLEMS[problem.code];
  const { issues, denial, retryAfterSeconds } = problem.facts;
  return {
    type: `urn:latchkey:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    requestId,
    ...(issues && { issues }),
    ...(denial && { denial }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** What goes into the answer's headers beside the body: how to authenticate better, and when to come again. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const { status } = PROBLEMS[problem.code];
  const { retryAfterSeconds } = problem.facts;
  const waits = status === 429 || status === 503;
  return {
    ...((status === 401 || status === 403) && { 'www-authenticate': challenge(problem) }),
    ...(waits && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1))) }),
  };
}

/** RFC 6750, section 3. Without a credential it names no error; RFC 9470 asks for a fresh sign-in. */
function challenge(problem: Problem): string {
  const parameters = Object.entries({ realm: 'latchkey', ...challengeParameters(problem) });
  return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

const EXPIRED = { error: 'invalid_token', error_description: 'Token expired' };
const INVALID = { error: 'invalid_token', error_description: 'Invalid token' };

const CHALLENGES: Partial<Record<ProblemCode, Record<string, string>>> = {
  token_expired: EXPIRED,
  token_invalid: INVALID,
  api_key_expired: EXPIRED,
  api_key_invalid: INVALID,
  api_key_revoked: INVALID,
  permission_missing: { error: 'insufficient_scope' },
  credential_not_accepted: { error: 'insufficient_scope' },
  fresh_sign_in_needed: { error: 'insufficient_user_authentication' },
};

function challengeParameters({ code, facts }: Problem): Record<string, string> {
  return { ...CHALLENGES[code], ...missingScope(facts), ...maxAge(facts) };
}

/** Permissions alone are scopes; a missing role or kind of credential isn't. */
function missingScope({ denial }: Problem['facts']): Record<string, string> {
  const scopes = denial?.missing.filter((each) => /^[a-z0-9_]+:[a-z0-9_]+$/.test(each)) ?? [];
  return scopes.length > 0 ? { scope: scopes.join(' ') } : {};
}

function maxAge({ maxAgeSeconds }: Problem['facts']): Record<string, string> {
  return maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.code(PROBLEMS[problem.code].status).headers(problemHeaders(problem));
  return sendText(reply, 'application/problem+json', JSON.stringify(problemBody(problem, reply.request.id)));
}

/** What fails on our side is logged with its cause; what the caller did wrong is in the request's own line. */
export function reportProblem(log: FastifyBaseLogger, problem: Problem): void {
  const { status } = PROBLEMS[problem.code];
  if (status < 500) return;
  const level = problem.code === 'overloaded' ? 'warn' : 'error';
  log[level]({ code: problem.code, err: problem.cause ?? problem }, 'request failed');
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
