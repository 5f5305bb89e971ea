import type { RoleHolder } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Badge } from '../../ui/badge.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';

const STATUS = { active: 'Active', invited: 'Invited', disabled: 'Disabled' } as const;

const COLUMNS: readonly Column<RoleHolder>[] = [
  {
    key: 'name',
    title: 'Name',
    kind: 'name',
    cell: ({ id, kind, name, email }) => (
      <div>
        <Link
          to={kind === 'person' ? '/console/people/$id' : '/console/service-accounts/$id'}
          params={{ id }}
          className="cell-name"
        >
          {name}
        </Link>
        {email && <span className="cell-sub">{email}</span>}
      </div>
    ),
  },
  {
    key: 'kind',
    title: 'Kind',
    nowrap: true,
    cell: ({ kind }) => (kind === 'person' ? 'Person' : 'Service account'),
  },
  {
    key: 'status',
    title: 'Status',
    nowrap: true,
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'plain'}>{STATUS[status]}</Badge>,
  },
];

/** Who has the role, as far as the reader may see such accounts. */
export function RoleHolders({ name }: { name: string }): ReactNode {
  const holders = trpc.roles.holders.useInfiniteQuery(
    { name, limit: 20 },
    { getNextPageParam: (page) => page.nextCursor ?? undefined },
  );
  return (
    <Card title="Who has it" lead="People and service accounts, as far as your role lets you see them.">
      <Loaded
        query={holders}
        failed="Who has this role can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={3} lines={2} />}
      >
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0)
            return <p className="soft">Nobody. Give it to people and service accounts on their pages.</p>;
          return (
            <>
              <Table label="Who has it" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="account" shown={rows.length} query={holders} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}
