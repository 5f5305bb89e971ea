import type { GuardDescription } from '@latchkey/schemas';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Toolbar } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { countWords } from '../../words/time-words.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { WHOLE_MATRIX, type AccessSearch } from './access-search.ts';
import { ExportMenu } from './export-menu.tsx';
import { HolderField } from './holder-field.tsx';
import { HolderNote } from './holder-note.tsx';
import { holderColumn, matching, roleColumns, type Matrix } from './matrix.ts';
import { MatrixGrid } from './matrix-grid.tsx';

const route = getRouteApi('/console/access');

/** Everything that can be called here, and by whom. */
export function AccessPage(): ReactNode {
  return (
    <PageWith asked="accessMatrix.get" title="Access">
      <Access />
    </PageWith>
  );
}

function useFilters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (filters: Partial<AccessSearch>) => void navigate({ search: (old) => ({ ...old, ...filters }), replace: true }),
    [navigate],
  );
  const onSearch = useCallback((text: string) => change({ q: text || undefined }), [change]);
  return { search, change, onSearch };
}

/** One account's or key's answer, where the matrix is narrowed to it. */
function useHolder({ accountId, apiKeyId }: AccessSearch) {
  const ofAccount = trpc.accessMatrix.ofAccount.useQuery(
    { accountId: accountId ?? '' },
    { enabled: accountId !== undefined },
  );
  const ofKey = trpc.accessMatrix.ofApiKey.useQuery({ apiKeyId: apiKeyId ?? '' }, { enabled: apiKeyId !== undefined });
  if (accountId !== undefined) return ofAccount;
  return apiKeyId === undefined ? null : ofKey;
}

function Access(): ReactNode {
  const { search, change, onSearch } = useFilters();
  const matrix = trpc.accessMatrix.get.useQuery();
  const holder = useHolder(search);
  const roles = trpc.roles.list.useQuery();
  const columns = holder ? holder.data && [holderColumn(holder.data)] : roles.data && roleColumns(roles.data.items);
  const guards = matrix.data && matching(matrix.data.procedures, search.q);
  const shown = columns && guards && { columns, guards };
  const slowest = holder?.error ? holder : matrix.error ? matrix : (holder ?? roles);
  const find = holder ? 'What can it call?' : 'Every procedure and who may call it, read off the guards that run.';
  return (
    <Page title="Access" lead={find} action={shown && <ExportMenu matrix={shown} />}>
      <Toolbar label="Narrow the matrix">
        <SearchField label="Search procedure, address or permission" value={search.q ?? ''} onSearch={onSearch} />
        <HolderField
          label="Whose access"
          placeholder="Every role"
          value={search}
          name={holder?.data?.holder.name}
          onChange={change}
        />
      </Toolbar>
      {holder?.data && <HolderNote holder={holder.data.holder} />}
      <Loaded
        query={{ ...slowest, data: shown }}
        failed="The access matrix can't be shown"
        skeleton={<SkeletonRows rows={12} label="Loading" />}
      >
        {(found) => <Found matrix={found} onClear={() => change(WHOLE_MATRIX)} />}
      </Loaded>
    </Page>
  );
}

function Found({ matrix, onClear }: { matrix: Matrix; onClear: () => void }): ReactNode {
  if (matrix.guards.length === 0) {
    return (
      <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Show everything</Button>}>
        No procedure has these words in its name, its address or what it needs.
      </EmptyState>
    );
  }
  return (
    <>
      <MatrixGrid {...matrix} />
      <p className="soft small" role="status">
        {countWords(matrix.guards.length, 'procedure')} shown{callableWords(matrix.guards, matrix)}
      </p>
    </>
  );
}

/** Of one account or key: how much of it. */
function callableWords(guards: readonly GuardDescription[], { columns }: Matrix): string {
  const [column, ...more] = columns;
  if (!column || more.length > 0) return '';
  return `, ${guards.filter((guard) => column.cellOf(guard).outcome !== 'no').length} of which ${column.title} can call`;
}
