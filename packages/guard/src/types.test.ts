import { initTRPC } from '@trpc/server';
import type { IncomingHttpHeaders } from 'node:http';
import { expect, expectTypeOf, it } from 'vitest';

import { createGuard, type Caller } from './index.ts';

const guard = createGuard({ issuer: 'https://id.example.com', audience: 'https://notes.example.com' });

// `tsc` holds these promises: each line under a @ts-expect-error is one that it must refuse.

it('a host whose context holds the headers, Node’s or the web’s, takes every guard', () => {
  const node = initTRPC.context<{ headers: IncomingHttpHeaders; db: 'db' }>().create();
  const web = initTRPC.context<{ headers: Headers }>().create();
  expect(() => [
    node.procedure.concat(guard.signedIn),
    node.procedure.concat(guard.role('editor')),
    web.procedure.concat(guard.authenticated),
    web.procedure.concat(guard.requires('notes:read')),
  ]).not.toThrow();
});

it('its procedures gain a caller, and keep what they had', () => {
  const t = initTRPC.context<{ headers: Headers; db: 'db' }>().meta<{ says?: string }>().create();
  t.procedure
    .meta({ says: 'hello' })
    .concat(guard.requires('notes:read'))
    .input((value: unknown) => value as { id: number })
    .query(({ ctx, input }) => {
      expectTypeOf(ctx.caller).toEqualTypeOf<Caller>();
      expectTypeOf(ctx.db).toEqualTypeOf<'db'>();
      expectTypeOf(ctx.headers).toEqualTypeOf<Headers>();
      expectTypeOf(input).toEqualTypeOf<{ id: number }>();
    });
  // @ts-expect-error Nobody has been let in yet.
  t.procedure.query(({ ctx }) => ctx.caller);
});

it('a host without headers in its context doesn’t compile, nor does what is no permission', () => {
  const bare = initTRPC.create();
  const other = initTRPC.context<{ db: 'db' }>().create();
  const wrong = initTRPC.context<{ headers: string }>().create();
  expect(() => [
    // @ts-expect-error There is no context at all.
    bare.procedure.concat(guard.requires('notes:read')),
    // @ts-expect-error It holds no headers.
    other.procedure.concat(guard.signedIn),
    // @ts-expect-error Those are no headers.
    wrong.procedure.concat(guard.signedIn),
    // @ts-expect-error A permission is noun:verb.
    guard.requires('notes'),
  ]).not.toThrow();
});

it('a verified caller is there only after a look at ok', async () => {
  const verified = await guard.verify({ headers: {} });
  // @ts-expect-error It may have been refused.
  expectTypeOf(verified.caller).not.toBeNever();
  if (verified.ok) expectTypeOf(verified.caller).toEqualTypeOf<Caller>();
  else expectTypeOf(verified.problem.status).toBeNumber();
});
