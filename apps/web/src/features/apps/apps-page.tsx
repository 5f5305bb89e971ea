import type { App } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { kindWords } from './app-words.ts';

const CreateAppDialog = lazyDialog(async () => (await import('./create-app-dialog.tsx')).CreateAppDialog);

const COLUMNS: readonly Column<App>[] = [
  {
    key: 'name',
    title: 'Name',
    kind: 'name',
    cell: ({ id, name, firstParty, status }) => (
      <span className="row">
        <Link to="/console/apps/$id" params={{ id }} className="cell-name">
          {name}
        </Link>
        {firstParty && <Badge tone="accent">Ours</Badge>}
        {status === 'disabled' && <Badge>Disabled</Badge>}
      </span>
    ),
  },
  { key: 'kind', title: 'Kind', cell: ({ kind }) => kindWords(kind) },
  { key: 'id', title: 'Client id', nowrap: true, cell: ({ id }) => <code className="mono">{id}</code> },
  {
    key: 'used',
    title: 'Last used',
    nowrap: true,
    cell: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? 'Never' : <RelativeTime atMs={lastUsedAtMs} />),
  },
];

/** OAuth 2 clients. */
export function AppsPage(): ReactNode {
  return (
    <PageWith asked="apps.list" title="Apps">
      <Apps />
    </PageWith>
  );
}

function Apps(): ReactNode {
  const [creating, setCreating] = useState(false);
  const offBecause = useOffBecause('apps.create');
  useShortcut('c', 'Create an app', () => setCreating(true), !offBecause);
  const apps = trpc.apps.list.useInfiniteQuery({}, { getNextPageParam: (page) => page.nextCursor ?? undefined });
  const create = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setCreating(true)}>
      Create app
    </GuardedButton>
  );
  return (
    <Page
      title="Apps"
      lead="Programs that people sign in to with their account here, or that act for themselves."
      action={create}
    >
      <Loaded query={apps} failed="The apps can't be shown" skeleton={<TableSkeleton columns={COLUMNS} rows={4} />}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <NoneYet />;
          return (
            <>
              <Table label="Apps" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="app" shown={rows.length} query={apps} />
            </>
          );
        }}
      </Loaded>
      <CreateAppDialog open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function NoneYet(): ReactNode {
  return (
    <EmptyState icon="key" title="No apps yet">
      Create one for each program that signs people in with OpenID Connect, or gets tokens for an API.
    </EmptyState>
  );
}
