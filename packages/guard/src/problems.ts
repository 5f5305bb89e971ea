import { challengeOf } from '@latchkey/credentials';
import { PROBLEMS, type ProblemCode } from '@latchkey/schemas';

/** Latchkey's own problems, as far as a guard meets them. */
const SHARED = [
  'credential_missing',
  'credential_ambiguous',
  'credential_not_accepted',
  'token_expired',
  'token_invalid',
  'api_key_invalid',
  'api_key_expired',
  'api_key_revoked',
  'ip_not_allowed',
  'permission_missing',
  'rate_limited',
  'quota_exceeded',
] as const satisfies readonly ProblemCode[];

/** Those that only somebody can have who asks Latchkey. */
const OWN = {
  latchkey_unavailable: {
    status: 503,
    trpc: 'SERVICE_UNAVAILABLE',
    title: "Who you are can't be checked just now. Try again in a moment.",
  },
  service_key_refused: {
    status: 500,
    trpc: 'INTERNAL_SERVER_ERROR',
    title: "This service can't check API keys: Latchkey refuses its own.",
  },
} as const;

type SharedCode = (typeof SHARED)[number];
export type GuardProblemCode = SharedCode | keyof typeof OWN;

/** What a problem may tell beside its code. */
export type ProblemFacts = {
  detail?: string | undefined;
  /** The permission or role that was demanded and isn't held. */
  missing?: readonly string[] | undefined;
  retryAfterSeconds?: number | undefined;
  /** For your log alone; never leaves. */
  cause?: unknown;
};

/** As `application/problem+json` by RFC 9457, the same that Latchkey itself answers. */
export type GuardProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: GuardProblemCode;
  missing?: readonly string[];
  retryAfterSeconds?: number;
};

function rowOf(code: GuardProblemCode): { status: number; trpc: string; title: string } {
  return isOwn(code) ? OWN[code] : PROBLEMS[code];
}

function isOwn(code: GuardProblemCode): code is keyof typeof OWN {
  return Object.hasOwn(OWN, code);
}

/** Why a call was refused. `code` is stable; `status`, `headers` and `body` are ready to be sent. */
export class GuardProblem extends Error {
  readonly code: GuardProblemCode;
  readonly status: number;
  /** tRPC's word for it. */
  readonly trpcCode: string;
  readonly missing: readonly string[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: GuardProblemCode, { detail, missing, retryAfterSeconds, cause }: ProblemFacts = {}) {
    const { status, trpc, title } = rowOf(code);
    super(detail ?? title, { cause });
    this.name = 'GuardProblem';
    this.code = code;
    this.status = status;
    this.trpcCode = trpc;
    this.missing = missing;
    this.retryAfterSeconds = status === 429 || status === 503 ? (retryAfterSeconds ?? 1) : undefined;
  }

  /** `WWW-Authenticate` (RFC 6750) where another credential would help, `Retry-After` where waiting does. */
  get headers(): Record<string, string> {
    const { code, missing, retryAfterSeconds } = this;
    const challenged = !isOwn(code) && (this.status === 401 || this.status === 403);
    return {
      ...(challenged && { 'www-authenticate': challengeOf(code, { missing }) }),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    };
  }

  get body(): GuardProblemBody {
    const { code, status, message, missing, retryAfterSeconds } = this;
    return {
      type: `urn:latchkey:problem:${code}`,
      title: rowOf(code).title,
      status,
      detail: message,
      code,
      ...(missing && { missing }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }

  /** For fetch handlers. */
  toResponse(): Response {
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.headers };
    return new Response(JSON.stringify(this.body), { status: this.status, headers });
  }
}

/** The problem that the error is, or that is behind it, as behind every `TRPCError` of a guard; null for any other error. */
export function findProblem(error: unknown): GuardProblem | null {
  if (error instanceof GuardProblem) return error;
  return error instanceof Error && error.cause instanceof GuardProblem ? error.cause : null;
}
