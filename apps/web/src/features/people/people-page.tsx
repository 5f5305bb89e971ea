import type { User } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/choice.tsx';
import { SelectField } from '../../ui/field.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { STATUS_WORDS, StatusBadge } from '../accounts/status-badge.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { RoleBadges } from '../roles/role-badges.tsx';
import { useRoles } from '../roles/roles.ts';
import { Factors } from './person-factors.tsx';
import type { PeopleSearch } from './people-search.ts';

const InviteDialog = lazyDialog(async () => (await import('./invite-dialog.tsx')).InviteDialog);

const route = getRouteApi('/console/people');

const STATUS_OPTIONS = [
  { value: '', label: 'Any status' },
  ...Object.entries(STATUS_WORDS).map(([value, label]) => ({ value, label })),
];

const NO_FILTERS = { q: undefined, status: undefined, role: undefined, secondFactor: undefined };

const COLUMNS: readonly Column<User>[] = [
  { key: 'name', title: 'Name', kind: 'name', cell: (user) => <Name user={user} /> },
  { key: 'roles', title: 'Roles', cell: ({ roles }) => <RoleBadges roles={roles} /> },
  { key: 'status', title: 'Status', nowrap: true, cell: ({ status }) => <StatusBadge status={status} /> },
  { key: 'factors', title: 'Second factor', cell: (user) => <Factors of={user} /> },
  {
    key: 'lastSignIn',
    title: 'Last sign-in',
    nowrap: true,
    cell: ({ lastSignInAtMs }) => <RelativeTime atMs={lastSignInAtMs} />,
  },
  { key: 'added', title: 'Added', nowrap: true, cell: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} /> },
];

function Name({ user }: { user: User }): ReactNode {
  return (
    <div>
      <Link to="/console/people/$id" params={{ id: user.id }} className="cell-name">
        {user.name}
      </Link>
      <span className="cell-sub">{user.email}</span>
    </div>
  );
}

function useFilters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (filters: PeopleSearch) => void navigate({ search: (old) => ({ ...old, ...filters }), replace: true }),
    [navigate],
  );
  const onSearch = useCallback((text: string) => change({ q: text || undefined }), [change]);
  return { search, change, onSearch };
}

/** Everybody who can sign in, or could once. */
export function PeoplePage(): ReactNode {
  return (
    <PageWith asked="users.list" title="People">
      <People />
    </PageWith>
  );
}

function People(): ReactNode {
  const { search, change, onSearch } = useFilters();
  const [inviting, setInviting] = useState(false);
  const roleOptions = [
    { value: '', label: 'Any role' },
    ...useRoles().map(({ name }) => ({ value: name, label: name })),
  ];
  const [newId, setNewId] = useState<string | null>(null);
  const offBecause = useOffBecause('users.create');
  useShortcut('c', 'Invite a person', () => setInviting(true), !offBecause);
  const people = trpc.users.list.useInfiniteQuery(search, {
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const invite = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setInviting(true)}>
      Invite person
    </GuardedButton>
  );
  return (
    <Page title="People" lead="Everybody who signs in here, and what they may do." action={invite}>
      <Toolbar label="Find people">
        <SearchField label="Search name or email" value={search.q ?? ''} onSearch={onSearch} />
        <SelectField
          label={<span className="visually-hidden">Status</span>}
          options={STATUS_OPTIONS}
          value={search.status ?? ''}
          onChange={({ target }) => change({ status: (target.value || undefined) as PeopleSearch['status'] })}
        />
        <SelectField
          label={<span className="visually-hidden">Role</span>}
          options={roleOptions}
          value={search.role ?? ''}
          onChange={({ target }) => change({ role: target.value || undefined })}
        />
        <Checkbox
          label="Without a second factor"
          checked={search.secondFactor === 'none'}
          onChange={({ target }) => change({ secondFactor: target.checked ? 'none' : undefined })}
        />
      </Toolbar>
      <Loaded
        query={people}
        failed="The people can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={8} lines={2} />}
      >
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <NobodyHere onClear={() => change(NO_FILTERS)} />;
          return (
            <>
              <Table label="People" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} newKey={newId} />
              <LoadMore noun="person" nouns="people" shown={rows.length} query={people} />
            </>
          );
        }}
      </Loaded>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} onInvited={setNewId} />
    </Page>
  );
}

/** Whoever reads this is a person, so only a filter can have left nobody. */
function NobodyHere({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyState icon="search" title="Nobody matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      Everybody is searched, by name, email and id. Try fewer letters, or another filter.
    </EmptyState>
  );
}
