import * as z from 'zod/mini';

import { accountId, apiKeyId } from './ids.ts';
import { DENIAL_CODES } from './problems.ts';
import { pageInput } from './text.ts';

const credentialKind = z.enum(['session', 'access_token', 'api_key']);

/** What one procedure demands, read off the guard that runs. */
export const guardDescription = z.object({
  procedure: z.string(),
  kind: z.enum(['query', 'mutation']),
  rest: z.nullable(z.string()),
  rung: z.enum(['open', 'authenticated', 'signedIn', 'token', 'apiKey', 'role', 'permitted']),
  /** The role or permission that the rung names. */
  demands: z.nullable(z.string()),
  credentials: z.array(credentialKind),
  freshWithinMs: z.nullable(z.int()),
  /** There where a session does whose person lacks the second factor that a role wants: what setting one up takes. */
  withoutFactor: z.optional(z.literal(true)),
});
export type GuardDescription = z.infer<typeof guardDescription>;
export const accessMatrix = z.object({ procedures: z.array(guardDescription) });

/** As much of it as the pages need to know which of their buttons work. */
export const guardList = z.object({
  items: z.array(
    z.pick(guardDescription, { procedure: true, rung: true, demands: true, credentials: true, freshWithinMs: true }),
  ),
});

const cellFields = {
  /** `fresh`: with a recent sign-in alone. `credentials`: with some kinds of credential, but not with every one. */
  outcome: z.enum(['allowed', 'fresh', 'credentials', 'no']),
  /** The kinds with which it works. */
  credentials: z.array(credentialKind),
  /** Why not. */
  code: z.nullable(z.enum(DENIAL_CODES)),
  missing: z.nullable(z.string()),
};

/** How somebody may call a procedure. */
export type Cell = z.infer<z.ZodMiniObject<typeof cellFields>>;

/** Everything that there is to call, and how one account or key may. */
export const whatCanBeCalled = z.object({
  holder: z.object({
    kind: z.enum(['person', 'service', 'api_key']),
    id: z.string(),
    name: z.string(),
    /** Disabled, revoked or expired: it opens what is open to everybody, and nothing else. */
    active: z.boolean(),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
  }),
  procedures: z.array(z.object({ procedure: z.string(), ...cellFields })),
});
export type WhatCanBeCalled = z.infer<typeof whatCanBeCalled>;

/** Counted up to a bound: `isAll` is false where there may be more. */
const counted = z.object({ count: z.int(), isAll: z.boolean() });

export const accountOfMatrixInput = z.strictObject({ accountId });
export const apiKeyOfMatrixInput = z.strictObject({ apiKeyId });

export const callersInput = z.strictObject({
  ...pageInput,
  procedure: z.string().check(z.regex(/^[A-Za-z]{1,40}(\.[A-Za-z]{1,40}){1,3}$/, "Use a procedure's name.")),
});
const caller = z.object({
  role: z.string(),
  builtIn: z.boolean(),
  ...cellFields,
  people: counted,
  serviceAccounts: counted,
  apiKeys: counted,
});
export type Caller = z.infer<typeof caller>;
export const callersPage = z.object({
  guard: guardDescription,
  items: z.array(caller),
  nextCursor: z.nullable(z.string()),
});
