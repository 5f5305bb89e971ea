import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rpcCache } from '../rpc/client.ts';
import { keysSearch } from '../features/api-keys/keys-search.ts';
import { shellRoute } from './shell-route.ts';

const account = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  beforeLoad: () => redirect({ to: '/account/profile', replace: true, throw: true }),
});

const profile = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/profile',
  component: lazyRouteComponent(() => import('../features/account/profile-page.tsx'), 'ProfilePage'),
});

const security = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/security',
  component: lazyRouteComponent(() => import('../features/account/security-page.tsx'), 'SecurityPage'),
});

const sessions = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/sessions',
  loader: () => void rpcCache.sessions.list.prefetch(),
  component: lazyRouteComponent(() => import('../features/sessions/sessions-page.tsx'), 'SessionsPage'),
});

const apiKeys = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/api-keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('../features/api-keys/own-keys-page.tsx'), 'OwnKeysPage'),
});

export const accountRoutes = [account, profile, security, sessions, apiKeys];
