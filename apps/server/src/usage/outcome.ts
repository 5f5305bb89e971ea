import { PROBLEMS, type Outcome, type ProblemCode } from '@latchkey/schemas';

/** What came of a call that ended in this problem, or in none. */
export function outcomeOf(problem: ProblemCode | null): Outcome {
  if (problem === null) return 'ok';
  const { status } = PROBLEMS[problem];
  if (status === 429) return 'limited';
  return status === 401 || status === 403 ? 'denied' : 'failed';
}
