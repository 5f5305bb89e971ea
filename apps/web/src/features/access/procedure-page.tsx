import type { Caller, GuardDescription } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { problemOf } from '../../words/failure.ts';
import { numberWords } from '../../words/time-words.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { cellText, guardWords } from './access-words.ts';

const route = getRouteApi('/console/access/$procedure');

const COLUMNS: readonly Column<Caller>[] = [
  { key: 'role', title: 'Role', kind: 'name', cell: ({ role }) => role },
  { key: 'how', title: 'How', nowrap: true, cell: (caller) => cellText(caller) },
  { key: 'people', title: 'People', align: 'end', cell: ({ people }) => counted(people) },
  { key: 'services', title: 'Service accounts', align: 'end', cell: ({ serviceAccounts }) => counted(serviceAccounts) },
  { key: 'keys', title: 'API keys', align: 'end', cell: ({ apiKeys }) => counted(apiKeys) },
];

/** Nothing is counted to its end for a page. */
function counted({ count, isAll }: Caller['people']): string {
  return isAll ? numberWords(count) : `${numberWords(count)} or more`;
}

/** "Who can call this?" */
export function ProcedurePage(): ReactNode {
  const { procedure } = route.useParams();
  return (
    <PageWith asked="accessMatrix.callers" title={procedure}>
      <Page title={procedure} lead={<Link to="/console/access">See every procedure</Link>}>
        <Callers key={procedure} procedure={procedure} />
      </Page>
    </PageWith>
  );
}

function Callers({ procedure }: { procedure: string }): ReactNode {
  const callers = trpc.accessMatrix.callers.useInfiniteQuery(
    { procedure },
    { getNextPageParam: (page) => page.nextCursor ?? undefined },
  );
  const code = problemOf(callers.error)?.code;
  if (code === 'not_found' || code === 'input_invalid') {
    return (
      <EmptyState icon="search" title="There is no such procedure">
        The address may be cut short, or from another version of the server.
      </EmptyState>
    );
  }
  return (
    <Loaded query={callers} failed="Who can call this can't be shown" skeleton={<TableSkeleton columns={COLUMNS} />}>
      {({ pages }) => {
        const roles = pages.flatMap(({ items }) => items);
        const guard = pages[0]?.guard;
        return (
          <>
            {guard && <Asks guard={guard} />}
            <Card title="Who can call it" lead={<Lead guard={guard} none={roles.length === 0} />}>
              {roles.length > 0 && (
                <Table label="Roles that can call it" columns={COLUMNS} rows={roles} rowKey={({ role }) => role} />
              )}
              {(callers.hasNextPage || pages.length > 1) && (
                <LoadMore noun="role" shown={roles.length} query={callers} />
              )}
            </Card>
          </>
        );
      }}
    </Loaded>
  );
}

function Lead({ guard, none }: { guard: GuardDescription | undefined; none: boolean }): string {
  if (none) return 'No role allows it.';
  if (guard?.rung === 'open') return 'Anyone. Behind each role are those who could be told apart.';
  return guard?.demands === null
    ? 'Every account, also one without a role. Whoever has several roles is counted in each.'
    : 'Active accounts, and keys that work now. Whoever has several roles is counted in each.';
}

function Asks({ guard }: { guard: GuardDescription }): ReactNode {
  return (
    <Card title="What it asks for">
      <dl className="facts">
        <div>
          <dt>Guard</dt>
          <dd>{guardWords(guard)}</dd>
        </div>
        <div>
          <dt>It</dt>
          <dd>{guard.kind === 'query' ? 'Reads, and changes nothing.' : 'Changes something.'}</dd>
        </div>
        <div>
          <dt>Addresses</dt>
          <dd>
            <code>/trpc/{guard.procedure}</code>
            {guard.rest && (
              <>
                {' '}
                <code>{guard.rest}</code>
              </>
            )}
          </dd>
        </div>
      </dl>
    </Card>
  );
}
