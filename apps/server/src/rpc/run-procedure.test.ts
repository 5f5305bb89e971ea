import { callTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';

import { runProcedure } from './run-procedure.ts';

type Context = { who: string; seen: string[] };
const trpc = initTRPC.context<Context>().meta<{ note: string }>().create();

const renamed = trpc.middleware(({ ctx, next, meta }) => next({ ctx: { who: `${ctx.who} ${meta?.note ?? ''}` } }));
const rewritten = trpc.middleware(({ next }) => next({ getRawInput: async () => ({ name: 'another' }) }));
const forgiving = trpc.middleware(async ({ ctx, next, path, type }) => {
  const outcome = await next();
  ctx.seen.push(`${path} ${type} ${outcome.ok ? 'went well' : outcome.error.code}`);
  return outcome;
});
const silent = trpc.middleware((async () => undefined) as never);
const named = z.object({ name: z.string() });

const router = trpc.router({
  plain: trpc.procedure.query(({ ctx }) => ctx.who),
  everything: trpc.procedure
    .use(forgiving)
    .meta({ note: 'Lovelace' })
    .use(renamed)
    .input(named)
    .input(z.object({ age: z.number() }))
    .output(z.object({ who: z.string(), input: z.unknown() }))
    .query(({ ctx, input }) => ({ who: ctx.who, input, secret: 'left out' })),
  rewritten: trpc.procedure
    .use(rewritten)
    .input(named)
    .query(({ input }) => input.name),
  refusing: trpc.procedure.use(forgiving).query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'no' });
  }),
  broken: trpc.procedure.query(() => {
    throw new Error('bug');
  }),
  badOutput: trpc.procedure.output(named).query(() => ({ name: 1 }) as never),
  forgetful: trpc.procedure.use(silent).query(() => 'never'),
});

type Path = keyof typeof router._def.procedures;

/** What came of a call, and what its middlewares saw. */
async function outcomeOf(call: (ctx: Context) => Promise<unknown>): Promise<unknown> {
  const ctx: Context = { who: 'Ada', seen: [] };
  try {
    return { data: await call(ctx), ctx };
  } catch (error) {
    const { code, cause } = error as TRPCError;
    return { code, cause: cause?.constructor.name, ctx };
  }
}

it.each<[Path, unknown]>([
  ['plain', undefined],
  ['everything', { name: 'Ada', age: 36 }],
  ['everything', { name: 'Ada' }],
  ['everything', undefined],
  ['rewritten', { name: 'Ada' }],
  ['refusing', undefined],
  ['broken', undefined],
  ['badOutput', undefined],
  ['forgetful', undefined],
])('runs %s with %j as tRPC does', async (path, input) => {
  const call = { path, type: 'query' as const, getRawInput: async () => input, batchIndex: 0 };
  const ours = await outcomeOf((ctx) => runProcedure(router._def.procedures[path], { ...call, ctx }));
  const theirs = await outcomeOf((ctx) => callTRPCProcedure({ ...call, ctx, router, signal: undefined }));
  if (path === 'forgetful') {
    expect([ours, theirs]).toMatchObject([{ code: 'INTERNAL_SERVER_ERROR' }, { code: 'INTERNAL_SERVER_ERROR' }]);
  } else expect(ours).toEqual(theirs);
});
