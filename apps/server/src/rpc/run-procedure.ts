import { getTRPCErrorFromUnknown, type AnyTRPCProcedure, type TRPCError } from '@trpc/server';

/** One call, as the procedure's middlewares are handed it. */
export type ProcedureCall = {
  path: string;
  type: AnyTRPCProcedure['_def']['type'];
  ctx: object;
  getRawInput: () => Promise<unknown>;
  /** The call's place in its batch. */
  batchIndex: number;
};

type Handed = ProcedureCall & { signal: undefined; input: unknown };
/** What a middleware changes for those after it. */
type Passed = { ctx?: object; input?: unknown; getRawInput?: () => Promise<unknown> };
type Outcome = { ok: true; data: unknown } | { ok: false; error: TRPCError };
type Middleware = (
  handed: Handed & { meta: unknown; next: (passed?: Passed) => Promise<Outcome> },
) => Promise<Outcome | undefined>;

/**
 * Runs a procedure's middlewares as tRPC does, and gives its output or throws its error. tRPC's own walk copies each call's
 * options sixteen times, property by property, which costs five times more than all the rest of it
 * (`decisions/2026-11-22-edge.md`).
 */
export async function runProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  const { middlewares, meta } = procedure._def as unknown as { middlewares: readonly Middleware[]; meta: unknown };

  async function run(index: number, handed: Handed): Promise<Outcome> {
    try {
      const middleware = middlewares[index];
      if (middleware === undefined) throw new Error('the last middleware called next()');
      const next = (passed?: Passed) => run(index + 1, passed ? passOn(handed, passed) : handed);
      const outcome = await middleware({ ...handed, meta, next });
      if (outcome === undefined) throw new Error('a middleware returned nothing');
      return outcome;
    } catch (error) {
      return { ok: false, error: getTRPCErrorFromUnknown(error) };
    }
  }

  const outcome = await run(0, { ...call, signal: undefined, input: undefined });
  if (!outcome.ok) throw outcome.error;
  return outcome.data;
}

function passOn(handed: Handed, { ctx, getRawInput, ...passed }: Passed): Handed {
  return {
    ...handed,
    ctx: ctx ? { ...handed.ctx, ...ctx } : handed.ctx,
    input: 'input' in passed ? passed.input : handed.input,
    getRawInput: getRawInput ?? handed.getRawInput,
  };
}
