import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useCan } from '../../rpc/me.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { NO_FILTER } from '../audit/audit-search.ts';
import { EntryList, EntryListSkeleton } from '../audit/entry-list.tsx';
import { PartWith } from '../roles/with-permission.tsx';

const SHOWN = 8;

/** What the account did last, and the way to the rest. */
export function AccountActivity({ id }: { id: string }): ReactNode {
  const allowed = useCan('audit.list');
  return (
    <Card
      title="Recent activity"
      lead="The newest entries of the audit log."
      foot={
        allowed && (
          <div className="row">
            <Link to="/console/audit" search={{ ...NO_FILTER, actorId: id }}>
              All they did
            </Link>
            <Link to="/console/audit" search={{ ...NO_FILTER, targetId: id }}>
              All that was done to this account
            </Link>
          </div>
        )
      }
    >
      <PartWith asked="audit.list">
        <Entries id={id} />
      </PartWith>
    </Card>
  );
}

function Entries({ id }: { id: string }): ReactNode {
  const audit = trpc.audit.list.useQuery({ actorId: id, limit: SHOWN });
  return (
    <Loaded query={audit} failed="The activity can't be shown" skeleton={<EntryListSkeleton rows={4} />}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="soft">Nothing yet.</p>
        ) : (
          <EntryList label="Recent activity" entries={items} without="actor" />
        )
      }
    </Loaded>
  );
}
