import { PROBLEMS, type ProblemBody, type ProblemCode } from '@latchkey/schemas';
import { TRPCError, type TRPC_ERROR_CODE_KEY, type TRPC_ERROR_CODE_NUMBER } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import * as z from 'zod/mini';

import { problemBody, problemOfError } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import { inputIssues } from './input-issues.ts';

/** tRPC's own refusals. It throws no other code by itself, so any other is a bug of ours. */
const TRPC_REFUSALS: Partial<Record<TRPC_ERROR_CODE_KEY, ProblemCode>> = {
  BAD_REQUEST: 'request_malformed',
  PARSE_ERROR: 'request_malformed',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'body_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'media_type_unsupported',
};

/** The problem behind whatever a procedure or tRPC itself threw. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof TRPCError)) return problemOfError(error);
  const { cause, code } = error;
  if (code === 'BAD_REQUEST' && cause instanceof z.core.$ZodError) {
    return new Problem('input_invalid', { issues: inputIssues(cause) });
  }
  const refusal = cause === undefined || cause instanceof SyntaxError ? TRPC_REFUSALS[code] : undefined;
  return refusal === undefined ? problemOfError(cause ?? error) : new Problem(refusal);
}

/** What a failed call looks like on tRPC's wire. */
export type TrpcErrorShape = {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: { code: TRPC_ERROR_CODE_KEY; httpStatus: number; path?: string; problem: ProblemBody };
};

type FailedCall = {
  error: TRPCError;
  path: string | undefined;
  ctx: { origin: { requestId: string | null } } | undefined;
};

/** tRPC's error formatter. Nothing of the error itself leaves: neither its message nor its stack. */
export function formatTrpcError({ error, path, ctx }: FailedCall): TrpcErrorShape {
  const problem = problemBody(problemOf(error), ctx?.origin.requestId ?? '');
  const { trpc: code, status: httpStatus } = PROBLEMS[problem.code];
  return {
    message: problem.detail,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: { code, httpStatus, ...(path !== undefined && { path }), problem },
  };
}
