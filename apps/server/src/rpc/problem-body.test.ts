import { PROBLEMS, type ProblemCode } from '@latchkey/schemas';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';

import { problemHeaders } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import { formatTrpcError, problemOf } from './problem-body.ts';

function refusedBy(schema: z.ZodMiniType, value: unknown): Problem {
  const cause = schema.safeParse(value).error;
  return problemOf(new TRPCError({ code: 'BAD_REQUEST', cause }));
}

describe('the problem behind an error', () => {
  it('is the one that was thrown, wherever tRPC wrapped it', () => {
    const problem = new Problem('email_taken');
    expect(problemOf(problem)).toBe(problem);
    expect(problemOf(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: problem }))).toBe(problem);
    expect(problemOf(new TRPCError({ code: 'BAD_REQUEST', cause: problem }))).toBe(problem);
  });

  it.each<[TRPCError['code'], ProblemCode]>([
    ['NOT_FOUND', 'not_found'],
    ['METHOD_NOT_SUPPORTED', 'method_not_allowed'],
    ['BAD_REQUEST', 'request_malformed'],
    ['PAYLOAD_TOO_LARGE', 'body_too_large'],
    ['UNSUPPORTED_MEDIA_TYPE', 'media_type_unsupported'],
    ['INTERNAL_SERVER_ERROR', 'internal'],
    ['FORBIDDEN', 'internal'],
  ])('is, for tRPC itself saying %s, %s', (code, expected) => {
    expect(problemOf(new TRPCError({ code })).code).toBe(expected);
  });

  it('is internal where a parser or a schema has a bug, not a 400', () => {
    const cause = new TypeError('x is undefined');
    expect(problemOf(new TRPCError({ code: 'BAD_REQUEST', cause }))).toMatchObject({ code: 'internal', cause });
    for (const thrown of [cause, 'text', undefined, null, { code: 'not_found' }]) {
      expect(problemOf(thrown).code).toBe('internal');
    }
  });
});

describe('refused input', () => {
  const schema = z.strictObject({
    name: z.string().check(z.minLength(2, 'Use at least 2 characters.')),
    size: z.enum(['s', 'm']),
    tags: z.array(z.string()).check(z.maxLength(2)),
  });

  it('is told by field, with what to do', () => {
    const { code, facts } = refusedBy(schema, { name: 'a', size: 'hunter2', tags: ['a', 3], admin: 'hunter2' });
    expect(code).toBe('input_invalid');
    expect(facts.issues).toEqual([
      { path: 'name', message: 'Use at least 2 characters.' },
      { path: 'size', message: 'Use one of s, m.' },
      { path: 'tags.1', message: 'Use text.' },
      { path: 'admin', message: 'There is no such field.' },
    ]);
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  it('is told of at most 20 fields, with names cut short', () => {
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}${'x'.repeat(500)}`, 1]));
    const { issues = [] } = refusedBy(z.strictObject({}), fields).facts;
    expect(issues).toHaveLength(20);
    expect(issues.every(({ path }) => path.length <= 100)).toBe(true);
  });
});

describe('every code of the table', () => {
  const codes = Object.keys(PROBLEMS) as ProblemCode[];

  it.each(codes)('%s has the same status on tRPC and on REST', (code) => {
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Problem(code) });
    const { data, message } = formatTrpcError({ error, path: 'a.b', ctx: { origin: { requestId: 'r1' } } });
    expect(data).toMatchObject({ httpStatus: PROBLEMS[code].status, path: 'a.b', problem: { code, requestId: 'r1' } });
    expect(message).toBe(PROBLEMS[code].title);
  });

  it.each(codes)('%s has a challenge when it is a 401 or 403, and a wait when it is a 429 or 503', (code) => {
    const headers = problemHeaders(new Problem(code));
    const { status } = PROBLEMS[code];
    expect('www-authenticate' in headers).toBe([401, 403].includes(status));
    expect('retry-after' in headers).toBe([429, 503].includes(status));
  });
});

describe('the challenge', () => {
  const challenge = (problem: Problem) => problemHeaders(problem)['www-authenticate'];
  const missing = (each: string) => ({ denial: { procedure: 'x', credential: 'session' as const, missing: [each] } });

  it.each([
    [new Problem('credential_missing'), ''],
    [new Problem('sign_in_failed'), ''],
    [new Problem('session_ended'), ''],
    [new Problem('token_expired'), ', error="invalid_token", error_description="Token expired"'],
    [new Problem('token_invalid'), ', error="invalid_token", error_description="Invalid token"'],
    [new Problem('api_key_revoked'), ', error="invalid_token", error_description="Invalid token"'],
    [new Problem('permission_missing', missing('users:read')), ', error="insufficient_scope", scope="users:read"'],
    [new Problem('permission_missing', missing('admin')), ', error="insufficient_scope"'],
    [new Problem('permission_missing', missing('a:b", x="y')), ', error="insufficient_scope"'],
    [
      new Problem('fresh_sign_in_needed', { maxAgeSeconds: 600 }),
      ', error="insufficient_user_authentication", max_age="600"',
    ],
    [new Problem('origin_mismatch'), ''],
  ])('of %s', (problem, rest) => {
    expect(challenge(problem)).toBe(`Bearer realm="latchkey"${rest}`);
  });
});
