import {
  PROBLEMS,
  type Denial,
  type DenialId,
  type InputIssue,
  type ProblemBody,
  type ProblemCode,
} from '@latchkey/schemas';
import * as z from 'zod/mini';

import { problemBody } from '../http/index.ts';
import { Problem } from '../problems/index.ts';

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

const issue = {
  path: z.string(),
  message: z.string(),
} satisfies Record<keyof InputIssue, z.ZodMiniType>;

const denial = {
  procedure: z.optional(z.string()),
  credential: z.optional(z.enum(['session', 'access_token', 'api_key'])),
  missing: z.array(z.string()),
  wouldBeEnough: z.optional(z.array(z.string())),
} satisfies Record<keyof Denial, z.ZodMiniType>;

/** `application/problem+json`, by RFC 9457. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(CODES),
  requestId: z.string(),
  issues: z.optional(z.array(z.object(issue))),
  denial: z.optional(z.object(denial)),
  denialId: z.optional(z.string()),
  retryAfterSeconds: z.optional(z.int()),
} satisfies Record<keyof ProblemBody, z.ZodMiniType>);

const REQUEST_ID = '5b0f6a52-2f5e-4c0b-9d0b-4b1a9d1f7c11';

const FACTS: Partial<Record<ProblemCode, ConstructorParameters<typeof Problem>[1]>> = {
  input_invalid: { issues: [{ path: 'name', message: 'Fill this in.' }] },
  permission_missing: {
    detail: "You don't have users:read.",
    denial: { procedure: 'users.list', credential: 'api_key', missing: ['users:read'], wouldBeEnough: ['users:read'] },
    denialId: 'den_5Hd9Js3Kl7Mn1Pq4Rs6Uvx' as DenialId,
  },
  rate_limited: { retryAfterSeconds: 30 },
  quota_exceeded: { retryAfterSeconds: 3600 },
  overloaded: { retryAfterSeconds: 1 },
  storage_unavailable: { retryAfterSeconds: 1 },
};

/** One answer of each code, as it would be. */
export const PROBLEM_EXAMPLES = Object.fromEntries(
  CODES.map((code) => [
    code,
    { summary: PROBLEMS[code].title, value: problemBody(new Problem(code, FACTS[code]), REQUEST_ID) },
  ]),
);
