import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { SkeletonRows } from '../ui/skeleton.tsx';
import { WentWrongPage } from '../shell/went-wrong-page.tsx';
import { accountRoutes } from './account-routes.ts';
import { consoleRoutes } from './console-routes.ts';
import { readSearch, writeSearch } from './search-params.ts';
import { shellRoute } from './shell-route.ts';

const home = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../shell/home.tsx'), 'Home'),
});

export const router = createRouter({
  routeTree: shellRoute.addChildren([home, ...accountRoutes, ...consoleRoutes]),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultPendingComponent: () => SkeletonRows({ rows: 6, label: 'Loading' }),
  defaultErrorComponent: WentWrongPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
