import { PROBLEMS, type GuardDescription, type ProblemCode } from '@latchkey/schemas';

import type { Rest } from '../rpc/index.ts';
import { COMPONENTS } from './json-schema.ts';
import type { OperationWords } from './operations.ts';

export const HEADERS = {
  'X-Request-Id': { description: 'The request, as the server’s log names it.', schema: { type: 'string' } },
  'WWW-Authenticate': {
    description:
      'What would do instead (RFC 6750): `error="invalid_token"`, or `error="insufficient_scope"` with the missing `scope`.',
    schema: { type: 'string' },
    example: 'Bearer realm="latchkey", error="insufficient_scope", scope="users:read"',
  },
  'Retry-After': {
    description: 'After how many seconds to try again.',
    schema: { type: 'integer', minimum: 1 },
    example: 30,
  },
  'Set-Cookie': { description: 'The session’s cookie.', schema: { type: 'string' } },
} as const;

export function headersOf(...names: (keyof typeof HEADERS)[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const ANY = ['input_invalid', 'request_malformed', 'internal', 'storage_unavailable'] as const;
const OF_CHANGES = ['origin_mismatch', 'request_timeout', 'body_too_large', 'media_type_unsupported'] as const;
const OF_GUARDS = [
  'credential_ambiguous',
  'credential_missing',
  'session_ended',
  'token_expired',
  'token_invalid',
  'api_key_invalid',
  'api_key_expired',
  'api_key_revoked',
  'ip_not_allowed',
  'credential_not_accepted',
  'factor_required',
  'rate_limited',
  'quota_exceeded',
] as const;

/** Every code with which an operation can be refused: what its shape and its guard say, and what its words add. */
export function problemsOf(rest: Rest, guard: GuardDescription, words: OperationWords): ProblemCode[] {
  const isGuarded = guard.rung !== 'open';
  return [
    ...new Set<ProblemCode>([
      ...ANY,
      ...(rest.method === 'GET' ? [] : OF_CHANGES),
      ...(isGuarded ? OF_GUARDS : []),
      ...(guard.demands === null ? [] : (['permission_missing'] as const)),
      ...(guard.freshWithinMs === null ? [] : (['fresh_sign_in_needed'] as const)),
      ...(rest.path.includes('{') ? (['not_found'] as const) : []),
      ...(words.problems ?? []),
    ]),
  ];
}

/** The refusals, one answer for each status. */
export function problemResponses(codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, group]) => [String(status), problemResponse(status, group)]),
  );
}

function problemResponse(status: number, codes: readonly ProblemCode[]): object {
  const headers = headersOf(
    'X-Request-Id',
    ...(status === 401 || status === 403 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
  );
  const schema = { allOf: [{ $ref: `${COMPONENTS}Problem` }, { properties: { code: { enum: [...codes] } } }] };
  const examples = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
    headers,
    content: { 'application/problem+json': { schema, examples } },
  };
}
