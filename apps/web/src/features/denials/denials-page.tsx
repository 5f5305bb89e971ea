import { ALL_PERMISSIONS, type KeptDenial } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { HolderField } from '../access/holder-field.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { credentialWords, missingWords } from './denial-words.ts';
import { ALL_DENIALS, type DenialsSearch } from './denials-search.ts';

const route = getRouteApi('/console/denials');

const MISSING_OPTIONS = [
  { value: '', label: 'Anything' },
  ...['credential', 'fresh_sign_in'].map((value) => ({ value, label: missingWords(value) })),
  ...ALL_PERMISSIONS.map((value) => ({ value: value as string, label: value as string })),
];

const COLUMNS: readonly Column<KeptDenial>[] = [
  {
    key: 'procedure',
    title: 'What was refused',
    kind: 'name',
    cell: ({ id, procedure }) => (
      <Link to="/console/denials/$id" params={{ id }} className="cell-name mono">
        {procedure}
      </Link>
    ),
  },
  { key: 'missing', title: 'Missing', cell: ({ missing }) => missing.map(missingWords).join(', ') },
  {
    key: 'who',
    title: 'Who',
    cell: (denial) => (
      <div>
        {denial.account.name}
        <span className="cell-sub">{credentialWords(denial)}</span>
      </div>
    ),
  },
  {
    key: 'address',
    title: 'Address',
    nowrap: true,
    cell: ({ address }) => (address ? <span className="mono">{address}</span> : <span className="soft">None</span>),
  },
  { key: 'at', title: 'When', nowrap: true, cell: ({ atMs }) => <RelativeTime atMs={atMs} /> },
];

/** Who was refused what, newest first. */
export function DenialsPage(): ReactNode {
  return (
    <PageWith asked="denials.list" title="Denials">
      <Denials />
    </PageWith>
  );
}

function Denials(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (filters: Partial<DenialsSearch>) => void navigate({ search: (old) => ({ ...old, ...filters }), replace: true }),
    [navigate],
  );
  const denials = trpc.denials.list.useInfiniteQuery(search, {
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = denials.data?.pages.flatMap(({ items }) => items);
  const filtered = Object.values(search).some((each) => each !== undefined);
  const name = rows?.find(({ account }) => account.id === search.accountId)?.account.name;
  return (
    <Page title="Denials" lead="Calls that a guard refused. The newest 100,000 are kept; strangers' aren't.">
      <Toolbar label="Filter the denials">
        <HolderField label="Whose" placeholder="Anybody" value={search} name={name} onChange={change} />
        <SelectField
          label="What was missing"
          options={MISSING_OPTIONS}
          value={search.missing ?? ''}
          onChange={({ target }) => change({ missing: target.value || undefined })}
        />
      </Toolbar>
      <Loaded
        query={{ ...denials, data: rows }}
        failed="The denials can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={8} lines={2} />}
      >
        {(found) =>
          found.length === 0 ? (
            <NoDenials filtered={filtered} onClear={() => change(ALL_DENIALS)} />
          ) : (
            <>
              <Table label="Denials" columns={COLUMNS} rows={found} rowKey={({ id }) => id} />
              <LoadMore noun="denial" shown={found.length} query={denials} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function NoDenials({ filtered, onClear }: { filtered: boolean; onClear: () => void }): ReactNode {
  if (!filtered) {
    return (
      <EmptyState icon="lock" title="Nobody was refused anything">
        A call that a guard refuses shows here with what it lacked. Its answer names the denial’s id.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      No kept denial is of this account or key and lacked this.
    </EmptyState>
  );
}
