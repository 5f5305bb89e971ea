import type { AnyProcedure } from '@trpc/server';

import type { AppRouter } from './router-types.ts';

type PathsOf<Node, Before extends string = ''> = {
  [Name in keyof Node & string]: Node[Name] extends AnyProcedure
    ? `${Before}${Name}`
    : PathsOf<Node[Name], `${Before}${Name}.`>;
}[keyof Node & string];

/** The name of anything that can be called, such as `apiKeys.create`. Another one doesn't compile. */
export type ProcedurePath = PathsOf<AppRouter['_def']['record']>;
