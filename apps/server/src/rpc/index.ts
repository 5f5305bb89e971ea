import { initTRPC, type AnyRouter } from '@trpc/server';
import type { CredentialKind, GuardDescription, Permission, PermissionName, ProblemCode } from '@latchkey/schemas';

import type { AccountActor, Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Clock } from '../time/index.ts';
import type { AccountContext, CallContext, OpenContext, SessionContext } from './context.ts';
import {
  explain,
  makeGuard,
  refusalOf,
  type Duration,
  type Guard,
  type GuardOptions,
  type KeepDenial,
} from './guard.ts';
import { forOneCall, noteCallOf, noteRefusedKey, type NoteKeyCall } from './key-calls.ts';
import { formatTrpcError, problemOf } from './problem-body.ts';
import { RefusedKey } from './refused-key.ts';
import type { Rest } from './rest-edge.ts';

export type { BrowserCookie, CallContext, SessionActor } from './context.ts';
export type { KeepDenial } from './guard.ts';
export { RefusedKey } from './refused-key.ts';
export { browserCookies } from './browser-cookies.ts';
export { createContextOpener, type Question } from './open-context.ts';
export { registerRest, type Rest } from './rest-edge.ts';
export { describeShapes, type ProcedureShape } from './shapes.ts';
export { registerTrpc } from './trpc-edge.ts';
export type { Presented } from './credential.ts';

export type ProcedureMeta = { rest?: Rest };

/**
 * The brand: which middleware enforces which guard. A guard's description is read off the very function that runs, so
 * no `meta` that a leaf overwrites (tRPC merges it shallowly) can make the two differ.
 */
const GUARDS = new WeakMap<object, Guard>();

const trpc = initTRPC
  .context<CallContext>()
  .meta<ProcedureMeta>()
  .create({ errorFormatter: formatTrpcError, isDev: false, isServer: true });

type RpcNeeds = {
  clock: Clock;
  keepDenial: KeepDenial;
  noteKeyCall: NoteKeyCall;
  /** Hears of every call of a procedure and how it ended: null when it went well. */
  noteCall: (path: string, problem: ProblemCode | null) => void;
};

/** The ladder of guards. Each rung is a procedure builder whose first middleware is its guard. */
export function createRpc({ clock, keepDenial, noteKeyCall, noteCall }: RpcNeeds) {
  async function callerOf({ origin, identify }: CallContext, path: string): Promise<Actor> {
    try {
      return forOneCall(await identify());
    } catch (error) {
      if (error instanceof RefusedKey) noteRefusedKey(noteKeyCall, error.apiKeyId, path, error.code, origin);
      noteCall(path, problemOf(error).code);
      throw error;
    }
  }

  function noteEnd(actor: Actor, path: string, problem: ProblemCode | null): void {
    noteCall(path, problem);
    noteCallOf(noteKeyCall, actor, path, problem);
  }

  async function admit(guard: Guard, ctx: CallContext, path: string): Promise<Actor> {
    const isOpen = guard.rung === 'open';
    const actor = isOpen ? { kind: 'anonymous' as const, from: ctx.origin } : await callerOf(ctx, path);
    const refusal = refusalOf(guard, actor, clock());
    if (refusal === null) return actor;
    noteEnd(actor, path, refusal.code);
    throw explain(refusal, actor, path, keepDenial);
  }

  const guarded = <Added extends object>(guard: Guard) => {
    const enforce = trpc.middleware(async ({ ctx, path, next }) => {
      const actor = await admit(guard, ctx, path);
      const result = await next({ ctx: { actor } as unknown as Added });
      noteEnd(actor, path, result.ok ? null : problemOf(result.error).code);
      // What a service finds missing, once it knows whose the thing is, is a denial like any other.
      if (!result.ok && result.error.cause instanceof Problem)
        throw explain(result.error.cause, actor, path, keepDenial);
      return result;
    });
    for (const run of enforce._middlewares) GUARDS.set(run, guard);
    return trpc.procedure.use(enforce);
  };
  return {
    router: trpc.router,
    mergeRouters: trpc.mergeRouters,
    /** Anyone. Who calls isn't even asked. */
    open: guarded<OpenContext>(makeGuard('open', null, {})),
    /** Any good credential. */
    authenticated: guarded<AccountContext>(makeGuard('authenticated', null)),
    authenticatedBy: (credentials: readonly [CredentialKind, ...CredentialKind[]]) =>
      guarded<AccountContext>(makeGuard('authenticated', null, { credentials })),
    /** The guard of what isn't a procedure: any good credential, and whoever it is holds the permission where one is named. */
    async admit(ctx: CallContext, path: string, permission: PermissionName | null): Promise<AccountActor> {
      const guard = permission === null ? makeGuard('authenticated', null) : makeGuard('permitted', permission);
      const actor = await admit(guard, ctx, path);
      noteEnd(actor, path, null);
      return actor as AccountActor;
    },
    /** A person with a live session. */
    signedIn: guarded<SessionContext>(makeGuard('signedIn', null, { credentials: ['session'] })),
    /** A person who proved within this time who they are. */
    freshlySignedIn: (fresh: Duration) =>
      guarded<SessionContext>(makeGuard('signedIn', null, { credentials: ['session'], fresh })),
    /** The same, for what setting up a second factor takes: who lacks one that a role wants gets this far and no further. */
    withoutFactor: {
      authenticated: guarded<AccountContext>(makeGuard('authenticated', null, { withoutFactor: true })),
      signedIn: guarded<SessionContext>(makeGuard('signedIn', null, { credentials: ['session'], withoutFactor: true })),
      freshlySignedIn: (fresh: Duration) =>
        guarded<SessionContext>(makeGuard('signedIn', null, { credentials: ['session'], fresh, withoutFactor: true })),
    },
    /** An access token. */
    token: guarded<AccountContext>(makeGuard('token', null, { credentials: ['access_token'] })),
    /** An API key. */
    apiKey: guarded<AccountContext>(makeGuard('apiKey', null, { credentials: ['api_key'] })),
    /** Any credential whose account holds the role. */
    role: (name: string, options?: GuardOptions) => guarded<AccountContext>(makeGuard('role', name, options)),
    /** Any credential that holds the permission. */
    permitted: (permission: Permission, options?: GuardOptions) =>
      guarded<AccountContext>(makeGuard('permitted', permission, options)),
  };
}

export type Rpc = ReturnType<typeof createRpc>;

type ProcedureInternals = {
  type: 'query' | 'mutation' | 'subscription';
  meta?: ProcedureMeta;
  middlewares?: unknown;
  inputs?: unknown;
};

function proceduresOf(router: AnyRouter): [path: string, internals: ProcedureInternals][] {
  return Object.entries(router._def.procedures as Record<string, { _def: ProcedureInternals }>).map(
    ([path, procedure]) => [path, procedure._def],
  );
}

/** The guard that runs before anything else of the procedure, or null where none does. */
function guardOf({ middlewares }: ProcedureInternals): Guard | null {
  const first: unknown = Array.isArray(middlewares) ? middlewares[0] : undefined;
  return (typeof first === 'function' && GUARDS.get(first)) || null;
}

/** Without a schema, whatever the caller sends is taken. */
function hasInputSchema({ inputs }: ProcedureInternals): boolean {
  return Array.isArray(inputs) && inputs.length > 0;
}

/** Reads every procedure's guard. Throws, naming them, when any has none, or takes any input: such a server must not start. */
export function describeGuards(router: AnyRouter): GuardDescription[] {
  const procedures = proceduresOf(router);
  const without = (has: (internals: ProcedureInternals) => boolean) =>
    procedures.filter(([, internals]) => !has(internals)).map(([path]) => path);
  const unguarded = without((internals) => guardOf(internals) !== null);
  if (unguarded.length > 0) throw new Error(`Procedures without a guard: ${unguarded.join(', ')}`);
  const unchecked = without(hasInputSchema);
  if (unchecked.length > 0) throw new Error(`Procedures without an input schema: ${unchecked.join(', ')}`);
  return procedures
    .map(([procedure, internals]) => describe(procedure, internals))
    .toSorted((a, b) => (a.procedure < b.procedure ? -1 : 1));
}

function describe(procedure: string, internals: ProcedureInternals): GuardDescription {
  const guard = guardOf(internals);
  if (guard === null || internals.type === 'subscription') throw new Error(`Can't describe ${procedure}`);
  const { rest } = internals.meta ?? {};
  return {
    procedure,
    kind: internals.type,
    rest: rest ? `${rest.method} /api/v1${rest.path}` : null,
    rung: guard.rung,
    demands: guard.demands,
    credentials: guard.rung === 'open' ? [] : [...guard.credentials],
    freshWithinMs: guard.freshWithinMs,
    ...(guard.withoutFactor && { withoutFactor: true }),
  };
}
