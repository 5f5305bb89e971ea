import type { Resource } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { countWords } from '../../words/time-words.ts';
import { PageWith } from '../roles/with-permission.tsx';

const ResourceDialog = lazyDialog(async () => (await import('./resource-dialog.tsx')).ResourceDialog);

const COLUMNS: readonly Column<Resource>[] = [
  {
    key: 'name',
    title: 'Resource',
    kind: 'name',
    cell: ({ id, name, audience }) => (
      <div>
        <Link to="/console/resources/$id" params={{ id }} className="cell-name">
          {name}
        </Link>
        <span className="cell-sub mono">{audience}</span>
      </div>
    ),
  },
  {
    key: 'permissions',
    title: 'Brings',
    nowrap: true,
    cell: ({ permissions }) => (permissions.length === 0 ? 'Nothing' : countWords(permissions.length, 'permission')),
  },
  {
    key: 'kind',
    title: 'Made by',
    nowrap: true,
    cell: ({ builtIn }) => (builtIn ? <Badge>Built in</Badge> : <Badge tone="accent">This server</Badge>),
  },
];

export function ResourcesPage(): ReactNode {
  return (
    <PageWith asked="resources.list" title="Resources">
      <Resources />
    </PageWith>
  );
}

function Resources(): ReactNode {
  const offBecause = useOffBecause('resources.create');
  const [creating, setCreating] = useState(false);
  const [newId, setNewId] = useState<string | null>(null);
  useShortcut('c', 'Register a resource', () => setCreating(true), !offBecause);
  const resources = trpc.resources.list.useQuery();
  return (
    <Page
      title="Resources"
      lead="APIs that trust Latchkey. Their permissions can be given to roles and keys, and tokens are made for them."
      action={
        <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setCreating(true)}>
          Register resource
        </GuardedButton>
      }
    >
      <Loaded
        query={resources}
        failed="The resources can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={3} lines={2} />}
      >
        {({ items }) => (
          <Table label="Resources" columns={COLUMNS} rows={items} rowKey={({ id }) => id} newKey={newId} />
        )}
      </Loaded>
      <ResourceDialog
        open={creating}
        resource={null}
        onClose={() => setCreating(false)}
        onSaved={({ id }) => setNewId(id)}
      />
    </Page>
  );
}
