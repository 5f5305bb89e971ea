import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { keysSearch } from '../features/api-keys/keys-search.ts';
import { shellRoute } from './shell-route.ts';

const consoleHome = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console',
  beforeLoad: () => redirect({ to: '/', replace: true, throw: true }),
});

const apiKeys = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/api-keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('../features/api-keys/all-keys-page.tsx'), 'AllKeysPage'),
});

export const consoleRoutes = [consoleHome, apiKeys];
