import type { Denial, InputIssue, ProblemBody } from '@latchkey/schemas';

import { PROBLEM_WORDS, UNREACHABLE_WORDS, type Words } from './problem-words.ts';

/** A refused or failed call, ready to be shown. */
export type Failure = Words & {
  /** `unreachable`: no answer came, or not from Latchkey. */
  code: ProblemBody['code'] | 'unreachable';
  requestId: string | null;
  issues: readonly InputIssue[];
  denial: Denial | null;
  denialId: string | null;
  retryAfterSeconds: number | null;
};

const UNREACHABLE: Failure = {
  ...UNREACHABLE_WORDS,
  code: 'unreachable',
  requestId: null,
  issues: [],
  denial: null,
  denialId: null,
  retryAfterSeconds: null,
};

function isProblem(value: unknown): value is ProblemBody {
  return typeof value === 'object' && value !== null && 'code' in value && String(value.code) in PROBLEM_WORDS;
}

/** The problem that a tRPC client's error carries. */
export function problemOf(error: unknown): ProblemBody | null {
  if (!(error instanceof Error) || !('data' in error)) return null;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('problem' in data)) return null;
  return isProblem(data.problem) ? data.problem : null;
}

/** For what the page itself finds, in the words for the server's code. */
export function failureOfCode(code: ProblemBody['code']): Failure {
  return { ...UNREACHABLE, ...PROBLEM_WORDS[code], code };
}

export function failureOf(error: unknown): Failure {
  const problem = problemOf(error);
  if (!problem) return UNREACHABLE;
  const words = PROBLEM_WORDS[problem.code];
  const special = problem.detail && problem.detail !== problem.title;
  return {
    what: special ? problem.detail : words.what,
    next: special ? '' : words.next,
    code: problem.code,
    requestId: problem.requestId,
    issues: problem.issues ?? [],
    denial: problem.denial ?? null,
    denialId: problem.denialId ?? null,
    retryAfterSeconds: problem.retryAfterSeconds ?? null,
  };
}
