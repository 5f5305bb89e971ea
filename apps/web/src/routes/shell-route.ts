import { createRootRoute } from '@tanstack/react-router';

import { rpcCache } from '../rpc/client.ts';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { Shell } from '../shell/shell.tsx';
import { WentWrongPage } from '../shell/went-wrong-page.tsx';

/** The root: every page of app.html is inside the shell. */
export const shellRoute = createRootRoute({
  loader: () => {
    void rpcCache.me.get.prefetch();
    void rpcCache.accessMatrix.guards.prefetch(undefined, { staleTime: Infinity });
    void rpcCache.server.info.prefetch(undefined, { staleTime: Infinity });
  },
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: WentWrongPage,
});
