import type { AnyRouter } from '@trpc/server';
import type * as z from 'zod/mini';

import type { Rest } from './rest-edge.ts';

/** What crosses the wire of one procedure. */
export type ProcedureShape = {
  procedure: string;
  rest: Rest | null;
  input: z.ZodMiniType;
  /** Null where it answers nothing. */
  output: z.ZodMiniType | null;
};

type Internals = { meta?: { rest?: Rest }; inputs: [z.ZodMiniType]; output?: z.ZodMiniType };

/** Every procedure's schemas, in the order in which the router has them. */
export function describeShapes(router: AnyRouter): ProcedureShape[] {
  const procedures = Object.entries(router._def.procedures as Record<string, { _def: Internals }>);
  return procedures.map(
    ([
      procedure,
      {
        _def: { meta, inputs, output },
      },
    ]) => ({
      procedure,
      rest: meta?.rest ?? null,
      input: inputs[0],
      output: output ?? null,
    }),
  );
}
