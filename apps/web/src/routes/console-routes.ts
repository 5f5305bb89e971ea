import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { usageSearch } from '../features/api-key/usage-search.ts';
import { keysInput, keysSearch } from '../features/api-keys/keys-search.ts';
import { auditInput, auditSearch } from '../features/audit/audit-search.ts';
import { peopleSearch } from '../features/people/people-search.ts';
import { serviceAccountsSearch } from '../features/service-accounts/service-accounts-search.ts';
import { rpcCache } from '../rpc/client.ts';
import { shellRoute } from './shell-route.ts';

const consoleHome = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console',
  component: lazyRouteComponent(() => import('../features/console-home/console-home.tsx'), 'ConsoleHome'),
});

const apiKeys = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/api-keys',
  validateSearch: keysSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.apiKeys.list.prefetchInfinite(keysInput(deps, deps.accountId)),
  component: lazyRouteComponent(() => import('../features/api-keys/all-keys-page.tsx'), 'AllKeysPage'),
});

const apiKey = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/api-keys/$id',
  validateSearch: usageSearch,
  loader: ({ params }) => void rpcCache.apiKeys.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/api-key/key-page.tsx'), 'ConsoleKeyPage'),
});

const people = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/people',
  validateSearch: peopleSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.users.list.prefetchInfinite(deps),
  component: lazyRouteComponent(() => import('../features/people/people-page.tsx'), 'PeoplePage'),
});

const person = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/people/$id',
  loader: ({ params }) => void rpcCache.users.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/people/person-page.tsx'), 'PersonPage'),
});

const serviceAccounts = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/service-accounts',
  validateSearch: serviceAccountsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.serviceAccounts.list.prefetchInfinite(deps),
  component: lazyRouteComponent(
    () => import('../features/service-accounts/service-accounts-page.tsx'),
    'ServiceAccountsPage',
  ),
});

const serviceAccount = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/service-accounts/$id',
  loader: ({ params }) => void rpcCache.serviceAccounts.get.prefetch(params),
  component: lazyRouteComponent(
    () => import('../features/service-accounts/service-account-page.tsx'),
    'ServiceAccountPage',
  ),
});

const audit = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/audit',
  validateSearch: auditSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.audit.list.prefetchInfinite(auditInput(deps)),
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
});

const settings = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/settings',
  loader: () => {
    void rpcCache.settings.get.prefetch();
    void rpcCache.server.info.prefetch();
    void rpcCache.roles.list.prefetch();
  },
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

export const consoleRoutes = [
  consoleHome,
  apiKeys,
  apiKey,
  people,
  person,
  serviceAccounts,
  serviceAccount,
  audit,
  settings,
];
