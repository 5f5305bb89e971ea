import { initTRPC, TRPCError } from '@trpc/server';

import type { Caller } from './caller.ts';
import type { Demand, PermissionName } from './demand.ts';
import type { GuardOptions } from './options.ts';
import { findProblem, GuardProblem } from './problems.ts';
import type { GuardedRequest } from './request.ts';
import { createVerifier } from './verify.ts';

export * from './verify.ts';

/**
 * Guards for a tRPC 11 server whose context holds the request's headers: `t.procedure.concat(guard.requires('notes:read'))`.
 * The procedure's context gains `caller`. Throws `TypeError` for options that can't be meant.
 */
export function createGuard(options: GuardOptions) {
  const { verify, requireCaller } = createVerifier(options);
  const { procedure } = initTRPC.context<GuardedRequest>().create();

  const guarded = (demand: Demand) =>
    procedure.use(async ({ ctx, next }) => next({ ctx: { caller: await admit(ctx, demand) } }));

  async function admit(request: GuardedRequest, demand: Demand): Promise<Caller> {
    try {
      return await requireCaller(request, demand);
    } catch (error) {
      throw error instanceof GuardProblem ? trpcErrorOf(error) : error;
    }
  }

  return {
    /** Any good credential. */
    authenticated: guarded({}),
    /** A person who signed in: an access token of a session. */
    signedIn: guarded({ signedIn: true }),
    /** An API key. */
    get apiKey() {
      if (options.introspection) return guarded({ apiKey: true });
      throw new TypeError('guard.apiKey needs createGuard({ introspection }), or no key could ever pass.');
    },
    /** Any credential whose account holds the role. */
    role: (role: string) => guarded({ role }),
    /** Any credential that holds the permission. */
    requires: (permission: PermissionName) => guarded({ requires: permission }),
    /** The same for handlers without tRPC. */
    verify,
    /** tRPC's option of that name: sends `WWW-Authenticate` and `Retry-After` with a refusal. */
    responseMeta: ({ errors }: { errors: readonly Error[] }) => ({
      headers: Object.assign({}, ...errors.map((error) => findProblem(error)?.headers)) as Record<string, string>,
    }),
  };
}

function trpcErrorOf(problem: GuardProblem): TRPCError {
  const { message, trpcCode } = problem;
  return new TRPCError({ code: trpcCode as TRPCError['code'], message, cause: problem });
}
