import { ACTS, type Act, type AuditEntry } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { auditInput, NO_FILTER, type AuditSearch } from './audit-search.ts';
import { EntryDialog } from './entry-dialog.tsx';
import { actorWords, actWords, changeWords, credentialWords, targetWords } from './entry-words.ts';
import { ExportEntries } from './export-entries.tsx';
import { PersonFilter } from './person-filter.tsx';
import { markAuditSeen } from './seen.ts';

const route = getRouteApi('/console/audit');

const ACT_OPTIONS = [
  { value: '', label: 'Anything' },
  ...Object.entries(ACTS).map(([value, label]) => ({ value, label })),
];

function columnsFor(onOpen: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] {
  return [
    {
      key: 'act',
      title: 'What happened',
      kind: 'name',
      cell: (entry) => (
        <div>
          <button type="button" className="cell-name" onClick={() => onOpen(entry)}>
            {actWords(entry)}
          </button>
          <EntrySub entry={entry} />
        </div>
      ),
    },
    { key: 'actor', title: 'Who', cell: (entry) => <EntryActor entry={entry} /> },
    {
      key: 'address',
      title: 'Address',
      cell: ({ address }) =>
        address ? <span className="mono">{address}</span> : <span className="soft">No address</span>,
    },
    { key: 'at', title: 'When', nowrap: true, cell: ({ atMs }) => <RelativeTime atMs={atMs} /> },
  ];
}

function EntrySub({ entry }: { entry: AuditEntry }): ReactNode {
  const words = [targetWords(entry), changeWords(entry)].filter((each) => each !== null);
  return words.length > 0 && <span className="cell-sub">{words.join(': ')}</span>;
}

function EntryActor({ entry }: { entry: AuditEntry }): ReactNode {
  const credential = credentialWords(entry);
  return (
    <span className="entry-who">
      {actorWords(entry)}
      {credential && <span className="cell-sub">{credential}</span>}
    </span>
  );
}

function useFilters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (filters: Partial<AuditSearch>) => void navigate({ search: (old) => ({ ...old, ...filters }), replace: true }),
    [navigate],
  );
  return { search, change };
}

/** Everything that was done here, newest first. */
export function AuditPage(): ReactNode {
  return (
    <PageWith asked="audit.list" title="Audit log">
      <AuditLog />
    </PageWith>
  );
}

function AuditLog(): ReactNode {
  const { search, change } = useFilters();
  const [entry, setEntry] = useState<AuditEntry | null>(null);
  const [open, setOpen] = useState(false);
  const columns = columnsFor((chosen) => {
    setEntry(chosen);
    setOpen(true);
  });
  const audit = trpc.audit.list.useInfiniteQuery(auditInput(search), {
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  const seen = audit.isSuccess;
  useEffect(() => {
    if (seen) markAuditSeen();
  }, [seen]);
  return (
    <Page
      title="Audit log"
      lead="Who did what, when and from where. No entry can be changed or removed; of closed accounts, names and addresses are taken out."
      action={<ExportEntries search={search} />}
    >
      <Filters search={search} rows={rows} onChange={change} />
      <Loaded
        query={audit}
        failed="The audit log can't be shown"
        skeleton={<TableSkeleton columns={columns} rows={10} lines={2} />}
      >
        {() =>
          rows.length === 0 ? (
            <NothingFound onClear={() => change(NO_FILTER)} />
          ) : (
            <>
              <Table label="Audit log" columns={columns} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="entry" nouns="entries" shown={rows.length} query={audit} />
            </>
          )
        }
      </Loaded>
      <EntryDialog entry={entry} open={open} onClose={() => setOpen(false)} onClosed={() => setEntry(null)} />
    </Page>
  );
}

type FiltersProps = {
  search: AuditSearch;
  rows: readonly AuditEntry[];
  onChange: (filters: Partial<AuditSearch>) => void;
};

function Filters({ search, rows, onChange }: FiltersProps): ReactNode {
  const { act, actorId, targetId, from, until } = search;
  const filtered = [act, actorId, targetId, from, until].some((each) => each !== undefined);
  const target = rows.find((each) => each.target?.id === targetId)?.target;
  return (
    <div className="stack" data-gap="small" role="group" aria-label="Filter the log">
      <div className="audit-filters">
        <SelectField
          label="What happened"
          options={ACT_OPTIONS}
          value={act ?? ''}
          onChange={(event) => onChange({ act: (event.target.value || undefined) as Act | undefined })}
        />
        <PersonFilter
          actorId={actorId}
          name={rows.find((each) => each.actor.id === actorId)?.actor.name ?? undefined}
          onChange={(id) => onChange({ actorId: id })}
        />
        <DayField label="From" value={from} max={until} onChange={(day) => onChange({ from: day })} />
        <DayField label="Until" value={until} min={from} onChange={(day) => onChange({ until: day })} />
      </div>
      {filtered && (
        <div className="row" data-spread="">
          <span className="soft small filter-note">
            {targetId && (
              <>
                Only what was done to <strong>{target?.name ?? targetId}</strong>.
              </>
            )}
          </span>
          <Button size="small" onClick={() => onChange(NO_FILTER)}>
            Clear the filters
          </Button>
        </div>
      )}
    </div>
  );
}

type DayFieldProps = {
  label: string;
  value: string | undefined;
  min?: string | undefined;
  max?: string | undefined;
  onChange: (day: string | undefined) => void;
};

function DayField({ label, value, min, max, onChange }: DayFieldProps): ReactNode {
  return (
    <TextField
      label={label}
      type="date"
      value={value ?? ''}
      min={min}
      max={max}
      onChange={(event) => onChange(event.target.value || undefined)}
    />
  );
}

/** The log is never empty, since signing in to read it makes an entry. */
function NothingFound({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      No entry fits all the filters. Try more days, or leave one out.
    </EmptyState>
  );
}
