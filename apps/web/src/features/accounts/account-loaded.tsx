import type { ReactNode } from 'react';

import type { LoadedProps } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { Requested } from '../../ui/requested.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

type AccountLoadedProps<Data> = Pick<LoadedProps<Data>, 'query' | 'children'> & {
  noun: 'person' | 'service account';
  /** Back to the list. */
  back: ReactNode;
};

export function AccountLoaded<Data>(props: AccountLoadedProps<Data>): ReactNode {
  return (
    <Requested {...props} why="The address may be cut short, or from another server." skeleton={<AccountSkeleton />} />
  );
}

function AccountSkeleton(): ReactNode {
  return [1, 3, 3].map((rows, card) => (
    <Card key={card}>
      <SkeletonRows rows={rows} label="Loading" />
    </Card>
  ));
}
