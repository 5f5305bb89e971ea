import type { AppRouter } from '@latchkey/server/router';
import type { inferRouterOutputs } from '@trpc/server';

export type { AppRouter };
export type Outputs = inferRouterOutputs<AppRouter>;
