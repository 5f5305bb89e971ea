import type { Role } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
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
import { CompareRolesCard } from './compare-roles-card.tsx';
import { factorCellWords } from './factor-words.ts';
import { PageWith } from './with-permission.tsx';

const route = getRouteApi('/console/roles');

const CreateRoleDialog = lazyDialog(async () => (await import('./create-role-dialog.tsx')).CreateRoleDialog);

const COLUMNS: readonly Column<Role>[] = [
  {
    key: 'name',
    title: 'Role',
    kind: 'name',
    cell: ({ name, description }) => (
      <div>
        <Link to="/console/roles/$name" params={{ name }} className="cell-name">
          {name}
        </Link>
        <span className="cell-sub">{description}</span>
      </div>
    ),
  },
  {
    key: 'permissions',
    title: 'Allows',
    nowrap: true,
    cell: ({ permissions }) => (permissions.length === 0 ? 'Nothing' : countWords(permissions.length, 'permission')),
  },
  {
    key: 'factor',
    title: 'Second factor',
    nowrap: true,
    cell: ({ secondFactorFromMs }) => factorCellWords(secondFactorFromMs),
  },
  {
    key: 'kind',
    title: 'Made by',
    nowrap: true,
    cell: ({ builtIn }) => (builtIn ? <Badge>Built in</Badge> : <Badge tone="accent">This server</Badge>),
  },
];

export function RolesPage(): ReactNode {
  return (
    <PageWith asked="roles.list" title="Roles">
      <Roles />
    </PageWith>
  );
}

function Roles(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const offBecause = useOffBecause('roles.create');
  const [creating, setCreating] = useState(false);
  const [newName, setNewName] = useState<string | null>(null);
  useShortcut('c', 'Create a role', () => setCreating(true), !offBecause);
  const roles = trpc.roles.list.useQuery();
  return (
    <Page
      title="Roles"
      lead="What an account may do is what its roles allow together."
      action={
        <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setCreating(true)}>
          Create role
        </GuardedButton>
      }
    >
      <Loaded
        query={roles}
        failed="The roles can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={4} lines={2} />}
      >
        {({ items }) => (
          <>
            <Table label="Roles" columns={COLUMNS} rows={items} rowKey={({ name }) => name} newKey={newName} />
            <CompareRolesCard
              roles={items}
              search={search}
              onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
            />
          </>
        )}
      </Loaded>
      <CreateRoleDialog open={creating} onClose={() => setCreating(false)} onCreated={setNewName} />
    </Page>
  );
}
