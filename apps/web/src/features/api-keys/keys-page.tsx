import { apiKeyStatus, type ApiKey } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { useCallback, useEffect, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMe, useOffBecause } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/choice.tsx';
import { SelectField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { EmptyState } from '../../ui/state.tsx';
import { TableSkeleton } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { STATUS_FILTERS } from './key-status.tsx';
import { keyColumns, KeysTable } from './keys-table.tsx';
import { keysInput, NO_FILTERS, type KeysSearch } from './keys-search.ts';
import { useKeyActs, type KeyActs } from './use-key-acts.tsx';

export type KeysPageProps = {
  title: string;
  lead: ReactNode;
  /** `anyone`: needs `all_api_keys:read`. */
  owner: 'me' | 'anyone';
  search: KeysSearch;
  /** Puts filters into the address bar. */
  onSearch: (change: Partial<KeysSearch>) => void;
  empty: { title: string; words: string };
};

function useKeys({ owner, search }: Pick<KeysPageProps, 'owner' | 'search'>) {
  const me = useMe();
  return trpc.apiKeys.list.useInfiniteQuery(keysInput(search, owner === 'me' ? me.id : search.accountId), {
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** Keys with their filters and everything that can be done with them. */
export function KeysPage({ title, lead, owner, search, onSearch, empty }: KeysPageProps): ReactNode {
  const keys = useKeys({ owner, search });
  const acts = useKeyActs(() => search.create !== undefined && onSearch({ create: undefined }));
  const withOwner = owner === 'anyone';
  const filtered = Boolean(search.q ?? search.status ?? search.accountId ?? search.unused ?? search.expires);
  const found = keys.data?.pages.flatMap(({ items }) => items);
  const noneYet = found?.length === 0 && !filtered;
  const createButton = <CreateButton onCreate={() => acts.create('')} />;
  useOpenAtOnce(search.create, acts.create);
  return (
    <Page title={title} lead={lead} action={noneYet ? null : createButton}>
      {!noneYet && <Filters search={search} onSearch={onSearch} withOwner={withOwner} />}
      {withOwner && search.accountId && (
        <OneOwner name={found?.[0]?.ownerName} onEverybody={() => onSearch({ accountId: undefined })} />
      )}
      <Loaded
        query={{ ...keys, data: found }}
        failed="The API keys can't be shown"
        skeleton={<TableSkeleton columns={keyColumns(withOwner)} />}
      >
        {(apiKeys) => {
          if (apiKeys.length > 0) return <Found {...{ title, apiKeys, keys, acts, withOwner }} />;
          return filtered ? (
            <NothingMatches onClear={() => onSearch(NO_FILTERS)} />
          ) : (
            <EmptyState icon="key" title={empty.title} action={createButton}>
              {empty.words}
            </EmptyState>
          );
        }}
      </Loaded>
      {acts.dialogs}
    </Page>
  );
}

/** `?create=name` opens the dialog, as the set-up does for the first key. */
function useOpenAtOnce(name: string | undefined, create: (name: string) => void): void {
  useEffect(() => {
    if (name !== undefined) create(name);
  }, [name]);
}

function CreateButton({ onCreate }: { onCreate: () => void }): ReactNode {
  const offBecause = useOffBecause('apiKeys.create');
  useShortcut('c', 'Create API key', onCreate, offBecause === undefined);
  return (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={onCreate}>
      Create API key
    </GuardedButton>
  );
}

type FiltersProps = Pick<KeysPageProps, 'search' | 'onSearch'> & { withOwner: boolean };

function Filters({ search, onSearch, withOwner }: FiltersProps): ReactNode {
  const find = useCallback((q: string) => onSearch({ q: q || undefined }), [onSearch]);
  return (
    <Toolbar label="Filters">
      <SearchField
        label={withOwner ? 'Search name, owner or start' : 'Search name or start'}
        value={search.q ?? ''}
        onSearch={find}
      />
      <SelectField
        label={<span className="visually-hidden">Status</span>}
        options={STATUS_FILTERS}
        value={search.status ?? ''}
        onChange={(event) => onSearch({ status: apiKeyStatus.safeParse(event.target.value).data })}
      />
      <Checkbox
        label="Unused for 90 days"
        checked={search.unused !== undefined}
        onChange={(event) => onSearch({ unused: event.target.checked ? '90' : undefined })}
      />
      <Checkbox
        label="Expires within 14 days"
        checked={search.expires !== undefined}
        onChange={(event) => onSearch({ expires: event.target.checked ? '14' : undefined })}
      />
    </Toolbar>
  );
}

/** The filter that a link from an account's page sets. */
function OneOwner({ name = 'one account', onEverybody }: { name?: string | undefined; onEverybody: () => void }) {
  return (
    <p className="row">
      <span>
        Only the keys of <strong>{name}</strong>.
      </span>
      <Button size="small" onClick={onEverybody}>
        Show everybody’s
      </Button>
    </p>
  );
}

type FoundProps = {
  title: string;
  apiKeys: readonly ApiKey[];
  keys: ReturnType<typeof useKeys>;
  acts: KeyActs;
  withOwner: boolean;
};

function Found({ title, apiKeys, keys, acts, withOwner }: FoundProps): ReactNode {
  return (
    <>
      <KeysTable
        label={title}
        apiKeys={apiKeys}
        withOwner={withOwner}
        of={withOwner ? 'console' : 'account'}
        newId={acts.newId}
        onAct={acts.act}
      />
      <LoadMore noun="key" shown={apiKeys.length} query={keys} />
    </>
  );
}

function NothingMatches({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      No key has these words in its name, its owner or its start and passes the other filters.
    </EmptyState>
  );
}
