import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { EntryList, EntryListSkeleton } from '../audit/entry-list.tsx';
import { NEWEST_INPUT } from './inputs.ts';

/** The last that happened. */
export function NewestEntries(): ReactNode {
  const audit = trpc.audit.list.useQuery(NEWEST_INPUT);
  return (
    <Card
      title="What happened last"
      lead="The newest entries of the audit log."
      action={<Link to="/console/audit">See all</Link>}
    >
      <Loaded
        query={audit}
        failed="The audit log can't be shown"
        skeleton={<EntryListSkeleton rows={NEWEST_INPUT.limit} />}
      >
        {({ items }) => <EntryList label="Newest entries" entries={items} />}
      </Loaded>
    </Card>
  );
}
