import type { AnyTRPCProcedure } from '@trpc/server';

import type { AppRouter } from '../router.ts';

type PathsOf<Part> = {
  [Name in keyof Part & string]: Part[Name] extends AnyTRPCProcedure ? Name : `${Name}.${PathsOf<Part[Name]>}`;
}[keyof Part & string];

type Routes = AppRouter['_def']['record'];

/** `apiKeys.create`: the path of any procedure there is. */
export type ProcedurePath = PathsOf<Routes>;

/** `apiKeys`: the first part of a path. */
export type Feature = keyof Routes;
