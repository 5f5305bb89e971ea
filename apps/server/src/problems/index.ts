import { PROBLEMS, type Denial, type DenialId, type InputIssue, type ProblemCode } from '@latchkey/schemas';

/** What a problem may tell in public beside its code. */
export type ProblemFacts = {
  /** Instead of the table's sentence, where the case has a better one. Public. */
  detail?: string;
  issues?: InputIssue[];
  denial?: Denial;
  denialId?: DenialId;
  /** Whole seconds, sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** The methods that would do, sent as `Allow`. */
  allowed?: readonly string[];
  /** RFC 9470: how old a sign-in may be, in seconds. */
  maxAgeSeconds?: number;
  /** For the log alone; never leaves. */
  cause?: unknown;
};

/** The one way in which a call is refused or fails on purpose. Anything else that is thrown is a bug, and answers `internal`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly facts: Omit<ProblemFacts, 'cause'>;

  constructor(code: ProblemCode, { cause, ...facts }: ProblemFacts = {}) {
    super(facts.detail ?? PROBLEMS[code].title, { cause });
    this.name = 'Problem';
    this.code = code;
    this.facts = facts;
  }
}

/** What keeps the program from its work and the operator can mend: the message is one line that says what. */
export class OperatorError extends Error {}
