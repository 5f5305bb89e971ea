import type { Alert } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Badge } from '../../ui/badge.tsx';
import { SelectField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { countWords } from '../../words/time-words.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { STATUS_WORDS, titleOf } from './alert-words.ts';
import { alertsInput, type AlertsSearch } from './alerts-search.ts';

const route = getRouteApi('/console/alerts');

const COLUMNS: readonly Column<Alert>[] = [
  {
    key: 'what',
    title: 'What happened',
    kind: 'name',
    cell: (alert) => (
      <>
        <Link to="/console/alerts/$id" params={{ id: alert.id }} className="cell-name">
          {titleOf(alert)}
        </Link>
        <span className="cell-sub">{alert.subject.name ?? alert.subject.id}</span>
      </>
    ),
  },
  { key: 'seen', title: 'Seen', nowrap: true, cell: ({ count }) => countWords(count, 'time') },
  { key: 'last', title: 'Last', nowrap: true, cell: ({ lastAtMs }) => <RelativeTime atMs={lastAtMs} /> },
  {
    key: 'status',
    title: 'Status',
    nowrap: true,
    cell: ({ status }) => <Badge tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].label}</Badge>,
  },
];

const CHOICES: readonly { value: NonNullable<AlertsSearch['status']>; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'dismissed', label: 'Dismissed' },
  { value: 'all', label: 'All' },
];

export function AlertsPage(): ReactNode {
  return (
    <PageWith asked="alerts.list" title="Alerts">
      <Alerts />
    </PageWith>
  );
}

const MAILED = 'Admins get each by mail, at most once a day.';
const NOT_MAILED = 'This server sends no mail yet, so admins aren’t mailed about them.';

function Alerts(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const alerts = trpc.alerts.list.useInfiniteQuery(alertsInput(search), {
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const choose = (value: string) => {
    const status = CHOICES.find((choice) => choice.value === value)?.value;
    void navigate({ search: { status: status === 'open' ? undefined : status }, replace: true });
  };
  return (
    <Page title="Alerts" lead={`What looks like an attack or a mistake. ${useSendsMail() ? MAILED : NOT_MAILED}`}>
      <Toolbar label="Find alerts">
        <SelectField
          label="Status"
          options={CHOICES}
          value={search.status ?? 'open'}
          onChange={(event) => choose(event.target.value)}
        />
      </Toolbar>
      <Loaded
        query={alerts}
        failed="The alerts can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={4} lines={2} />}
      >
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <NothingHere isOpen={alertsInput(search).status === 'open'} />;
          return (
            <>
              <Table label="Alerts" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="alert" shown={rows.length} query={alerts} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function NothingHere({ isOpen }: { isOpen: boolean }): ReactNode {
  return isOpen ? (
    <EmptyState icon="check" title="Nothing needs a look">
      Guessed passwords, copied sessions, ended keys that are still used, repeated refusals and new admins would stand
      here.
    </EmptyState>
  ) : (
    <EmptyState icon="search" title="Nothing matches">
      No alert has this status.
    </EmptyState>
  );
}
