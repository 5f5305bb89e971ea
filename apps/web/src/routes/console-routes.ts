import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { accessSearch } from '../features/access/access-search.ts';
import { alertsInput, alertsSearch } from '../features/alerts/alerts-search.ts';
import { usageSearch } from '../features/api-key/usage-search.ts';
import { keysInput, keysSearch } from '../features/api-keys/keys-search.ts';
import { auditInput, auditSearch } from '../features/audit/audit-search.ts';
import { denialsSearch } from '../features/denials/denials-search.ts';
import { peopleSearch } from '../features/people/people-search.ts';
import { rolesSearch } from '../features/roles/roles-search.ts';
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

const roles = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/roles',
  validateSearch: rolesSearch,
  loader: () => void rpcCache.roles.list.prefetch(),
  component: lazyRouteComponent(() => import('../features/roles/roles-page.tsx'), 'RolesPage'),
});

const role = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/roles/$name',
  loader: ({ params }) => void rpcCache.roles.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/roles/role-page.tsx'), 'RolePage'),
});

const resources = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/resources',
  loader: () => void rpcCache.resources.list.prefetch(),
  component: lazyRouteComponent(() => import('../features/resources/resources-page.tsx'), 'ResourcesPage'),
});

const resource = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/resources/$id',
  loader: ({ params }) => void rpcCache.resources.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/resources/resource-page.tsx'), 'ResourcePage'),
});

const audit = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/audit',
  validateSearch: auditSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.audit.list.prefetchInfinite(auditInput(deps)),
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
});

const alerts = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/alerts',
  validateSearch: alertsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.alerts.list.prefetchInfinite(alertsInput(deps)),
  component: lazyRouteComponent(() => import('../features/alerts/alerts-page.tsx'), 'AlertsPage'),
});

const alert = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/alerts/$id',
  component: lazyRouteComponent(() => import('../features/alerts/alert-page.tsx'), 'AlertPage'),
});

const access = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/access',
  validateSearch: accessSearch,
  loader: () => {
    void rpcCache.accessMatrix.get.prefetch();
    void rpcCache.roles.list.prefetch();
  },
  component: lazyRouteComponent(() => import('../features/access/access-page.tsx'), 'AccessPage'),
});

const procedure = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/access/$procedure',
  loader: ({ params }) => void rpcCache.accessMatrix.callers.prefetchInfinite(params),
  component: lazyRouteComponent(() => import('../features/access/procedure-page.tsx'), 'ProcedurePage'),
});

const denials = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/denials',
  validateSearch: denialsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void rpcCache.denials.list.prefetchInfinite(deps),
  component: lazyRouteComponent(() => import('../features/denials/denials-page.tsx'), 'DenialsPage'),
});

const denial = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/denials/$id',
  loader: ({ params }) => void rpcCache.denials.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/denials/denial-page.tsx'), 'DenialPage'),
});

const settings = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/settings',
  loader: () => void rpcCache.settings.get.prefetch(),
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

const apps = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/apps',
  component: lazyRouteComponent(() => import('../features/apps/apps-page.tsx'), 'AppsPage'),
});

const app = createRoute({
  getParentRoute: () => shellRoute,
  path: '/console/apps/$id',
  loader: ({ params }) => void rpcCache.apps.get.prefetch(params),
  component: lazyRouteComponent(() => import('../features/apps/app-page.tsx'), 'AppPage'),
});

export const consoleRoutes = [
  apps,
  app,
  consoleHome,
  apiKeys,
  apiKey,
  people,
  person,
  serviceAccounts,
  serviceAccount,
  roles,
  role,
  resources,
  resource,
  alerts,
  alert,
  audit,
  access,
  procedure,
  denials,
  denial,
  settings,
];
