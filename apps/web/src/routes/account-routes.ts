import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rpcCache } from '../rpc/client.ts';
import { usageSearch } from '../features/api-key/usage-search.ts';
import { keysInput, keysSearch, type KeysSearch } from '../features/api-keys/keys-search.ts';
import { shellRoute } from './shell-route.ts';

async function prefetchOwnKeys(search: KeysSearch): Promise<void> {
  // Without a session there is nothing to fetch, and the shell says why.
  const me = await rpcCache.me.get.ensureData().catch(() => null);
  if (me) await rpcCache.apiKeys.list.prefetchInfinite(keysInput(search, me.id));
}

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
  loader: () => void rpcCache.factors.security.prefetch(),
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
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void prefetchOwnKeys(deps),
  component: lazyRouteComponent(() => import('../features/api-keys/own-keys-page.tsx'), 'OwnKeysPage'),
});

const apiKey = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/api-keys/$id',
  validateSearch: usageSearch,
  loader: ({ params }) => void rpcCache.apiKeys.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/api-key/key-page.tsx'), 'OwnKeyPage'),
});

const apps = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/apps',
  loader: () => void rpcCache.grants.list.prefetch(),
  component: lazyRouteComponent(() => import('../features/grants/grants-page.tsx'), 'GrantsPage'),
});

export const accountRoutes = [apps, account, profile, security, sessions, apiKeys, apiKey];
