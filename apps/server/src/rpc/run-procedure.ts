import { getTRPCErrorFromUnknown, TRPCError, type AnyTRPCProcedure } from '@trpc/server';
import * as z from 'zod/mini';

/** One call, as the procedure's middlewares are handed it. */
export type ProcedureCall = {
  path: string;
  type: AnyTRPCProcedure['_def']['type'];
  ctx: object;
  getRawInput: () => Promise<unknown>;
  /** The call's place in its batch. */
  batchIndex: number;
};

type Handed = ProcedureCall & { meta: unknown; signal: undefined; input: unknown };
/** What a middleware changes for those after it. */
type Passed = { ctx?: object; input?: unknown; getRawInput?: () => Promise<unknown> };
type Outcome = { ok: true; data: unknown } | { ok: false; error: TRPCError };
type Middleware = (handed: Handed & { next: (passed?: Passed) => Promise<Outcome> }) => Promise<Outcome | undefined>;

type Internals = {
  middlewares: readonly (Middleware & { _type?: 'input' | 'output' })[];
  /** In the order of the middlewares that are theirs. */
  inputs: readonly unknown[];
  output?: unknown;
  meta: unknown;
};

const compiled = new WeakMap<AnyTRPCProcedure, readonly Middleware[]>();

/**
 * Runs a procedure's middlewares as tRPC does, and gives its output or throws its error. tRPC's own walk, and its own
 * middlewares for input and output, copy property by property, which costs five times more than all the rest of it
 * (`decisions/2026-11-22-edge.md`).
 */
export async function runProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  const middlewares = compiled.get(procedure) ?? compile(procedure);

  async function run(index: number, handed: Handed): Promise<Outcome> {
    try {
      const middleware = middlewares[index];
      if (middleware === undefined) throw new Error('the last middleware called next()');
      const next = (passed?: Passed) => run(index + 1, passed ? passOn(handed, passed) : handed);
      const outcome = await middleware({ ...handed, next });
      if (outcome === undefined) throw new Error('a middleware returned nothing');
      return outcome;
    } catch (error) {
      return { ok: false, error: getTRPCErrorFromUnknown(error) };
    }
  }

  const { meta } = internalsOf(procedure);
  const outcome = await run(0, { ...call, meta, signal: undefined, input: undefined });
  if (!outcome.ok) throw outcome.error;
  return outcome.data;
}

function passOn(handed: Handed, passed: Passed): Handed {
  return {
    ...handed,
    ctx: passed.ctx ? { ...handed.ctx, ...passed.ctx } : handed.ctx,
    input: 'input' in passed ? passed.input : handed.input,
    getRawInput: passed.getRawInput ?? handed.getRawInput,
  };
}

function internalsOf({ _def }: AnyTRPCProcedure): Internals {
  return _def as unknown as Internals;
}

/** The procedure's own middlewares, with ours in the place of those that tRPC made of zod's schemas. */
function compile(procedure: AnyTRPCProcedure): readonly Middleware[] {
  const { middlewares, inputs, output } = internalsOf(procedure);
  const remaining = inputs.values();
  const steps = middlewares.map((middleware) => {
    if (middleware._type === undefined) return middleware;
    const isInput = middleware._type === 'input';
    const schema = isInput ? remaining.next().value : output;
    if (!(schema instanceof z.ZodMiniType)) return middleware;
    return isInput ? parseInput(schema) : parseOutput(schema);
  });
  compiled.set(procedure, steps);
  return steps;
}

const parseInput =
  (schema: z.ZodMiniType): Middleware =>
  async ({ getRawInput, input: before, next }) => {
    const raw = await getRawInput();
    const input = await parsed(schema, raw, { code: 'BAD_REQUEST' });
    return next({ input: isObject(before) && isObject(input) ? { ...before, ...input } : input });
  };

const parseOutput =
  (schema: z.ZodMiniType): Middleware =>
  async ({ next }) => {
    const outcome = await next();
    if (!outcome.ok) return outcome;
    const data = await parsed(schema, outcome.data, {
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Output validation failed',
    });
    return { ...outcome, data };
  };

type Refusal = ConstructorParameters<typeof TRPCError>[0];

async function parsed(schema: z.ZodMiniType, value: unknown, refusal: Refusal): Promise<unknown> {
  try {
    return await schema.parseAsync(value);
  } catch (cause) {
    throw new TRPCError({ ...refusal, cause });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
