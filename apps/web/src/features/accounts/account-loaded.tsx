import type { ReactNode } from 'react';

import { problemOf } from '../../words/failure.ts';
import { Loaded, type LoadedProps } from '../../ui/loaded.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/state.tsx';

type AccountLoadedProps<Data> = Pick<LoadedProps<Data>, 'query' | 'children'> & {
  noun: 'person' | 'service account';
  /** Back to the list. */
  back: ReactNode;
};

/** An account's page, or what stands there while it isn't known, and when there is no such account. */
export function AccountLoaded<Data>({ query, noun, back, children }: AccountLoadedProps<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  const code = problemOf(query.error)?.code;
  return (
    <Page title={noun === 'person' ? 'Person' : 'Service account'}>
      {code === 'not_found' || code === 'input_invalid' ? (
        <EmptyState icon="search" title={`There is no such ${noun}`} action={back}>
          The address may be cut short, or from another server.
        </EmptyState>
      ) : (
        <Loaded query={query} failed={`This ${noun} can't be shown`} skeleton={<AccountSkeleton />}>
          {children}
        </Loaded>
      )}
    </Page>
  );
}

function AccountSkeleton(): ReactNode {
  return [1, 3, 3].map((rows, card) => (
    <Card key={card}>
      <SkeletonRows rows={rows} label="Loading" />
    </Card>
  ));
}
