import type { Role } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { countWords } from '../../words/time-words.ts';
import { PartWith } from '../roles/with-permission.tsx';
import { PermissionSentences } from '../roles/roles-field.tsx';
import { CreateRoleDialog } from './create-role-dialog.tsx';

const COLUMNS: readonly Column<Role>[] = [
  {
    key: 'name',
    title: 'Role',
    kind: 'name',
    cell: ({ name, description }) => (
      <div>
        {name}
        <span className="cell-sub">{description}</span>
      </div>
    ),
  },
  { key: 'permissions', title: 'Allows', cell: ({ permissions }) => <Allowed permissions={permissions} /> },
  {
    key: 'kind',
    title: 'Made by',
    nowrap: true,
    cell: ({ builtIn }) => (builtIn ? <Badge>Built in</Badge> : <Badge tone="accent">This server</Badge>),
  },
];

function Allowed({ permissions }: Pick<Role, 'permissions'>): ReactNode {
  if (permissions.length === 0) return <span className="soft">Nothing</span>;
  return (
    <details className="fold">
      <summary>{countWords(permissions.length, 'permission')}</summary>
      <PermissionSentences permissions={permissions} />
    </details>
  );
}

/** The roles, for reading, and a way to make one more. */
export function RolesCard(): ReactNode {
  const offBecause = useOffBecause('roles:write');
  const [creating, setCreating] = useState(false);
  const [newName, setNewName] = useState<string | null>(null);
  return (
    <Card
      title="Roles"
      lead="What an account may do is what its roles allow."
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setCreating(true)}>
          Create role
        </GuardedButton>
      }
    >
      <PartWith permission="roles:read">
        <RolesTable newName={newName} />
      </PartWith>
      <CreateRoleDialog open={creating} onClose={() => setCreating(false)} onCreated={setNewName} />
    </Card>
  );
}

function RolesTable({ newName }: { newName: string | null }): ReactNode {
  const roles = trpc.roles.list.useQuery();
  return (
    <Loaded
      query={roles}
      failed="The roles can't be shown"
      skeleton={<TableSkeleton columns={COLUMNS} rows={3} lines={2} />}
    >
      {({ items }) => (
        <Table label="Roles" columns={COLUMNS} rows={items} rowKey={({ name }) => name} newKey={newName} />
      )}
    </Loaded>
  );
}
