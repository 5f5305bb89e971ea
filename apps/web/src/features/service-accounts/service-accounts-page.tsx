import type { ServiceAccount } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { StatusBadge } from '../accounts/status-badge.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { RoleBadges } from '../roles/role-badges.tsx';

const CreateServiceAccountDialog = lazyDialog(
  async () => (await import('./create-service-account-dialog.tsx')).CreateServiceAccountDialog,
);

const route = getRouteApi('/console/service-accounts');

const COLUMNS: readonly Column<ServiceAccount>[] = [
  {
    key: 'name',
    title: 'Name',
    kind: 'name',
    cell: ({ id, name }) => (
      <Link to="/console/service-accounts/$id" params={{ id }} className="cell-name">
        {name}
      </Link>
    ),
  },
  { key: 'roles', title: 'Roles', cell: ({ roles }) => <RoleBadges roles={roles} /> },
  { key: 'status', title: 'Status', nowrap: true, cell: ({ status }) => <StatusBadge status={status} /> },
  { key: 'added', title: 'Added', nowrap: true, cell: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} /> },
];

/** Accounts without a person, whose keys programs use. */
export function ServiceAccountsPage(): ReactNode {
  return (
    <PageWith asked="serviceAccounts.list" title="Service accounts">
      <ServiceAccounts />
    </PageWith>
  );
}

function ServiceAccounts(): ReactNode {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const onSearch = useCallback(
    (text: string) => void navigate({ search: { q: text || undefined }, replace: true }),
    [navigate],
  );
  const [creating, setCreating] = useState(false);
  const offBecause = useOffBecause('serviceAccounts.create');
  useShortcut('c', 'Create a service account', () => setCreating(true), !offBecause);
  const accounts = trpc.serviceAccounts.list.useInfiniteQuery(
    { q },
    { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: keepPreviousData },
  );
  const create = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setCreating(true)}>
      Create service account
    </GuardedButton>
  );
  return (
    <Page
      title="Service accounts"
      lead="For programs that should outlive the person who set them up. They own API keys and never sign in."
      action={create}
    >
      <Toolbar label="Find service accounts">
        <SearchField label="Search name" value={q ?? ''} onSearch={onSearch} />
      </Toolbar>
      <Loaded
        query={accounts}
        failed="The service accounts can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={6} />}
      >
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0 && q) return <NothingFound onClear={() => onSearch('')} />;
          if (rows.length === 0) return <NoneYet offBecause={offBecause} onCreate={() => setCreating(true)} />;
          return (
            <>
              <Table label="Service accounts" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="service account" shown={rows.length} query={accounts} />
            </>
          );
        }}
      </Loaded>
      <CreateServiceAccountDialog open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function NothingFound({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      Every service account is searched, by name and id. Try fewer letters.
    </EmptyState>
  );
}

function NoneYet({ offBecause, onCreate }: { offBecause: string | undefined; onCreate: () => void }): ReactNode {
  return (
    <EmptyState
      icon="key"
      title="No service accounts yet"
      action={
        <GuardedButton offBecause={offBecause} onClick={onCreate}>
          Create service account
        </GuardedButton>
      }
    >
      A key of a service account goes on working when the person who made it leaves. Create one for each program.
    </EmptyState>
  );
}
