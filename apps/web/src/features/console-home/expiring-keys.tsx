import type { ApiKey } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EntryListSkeleton } from '../audit/entry-list.tsx';
import { expiringInput, SOON_DAYS } from './inputs.ts';

const SHOWN = 8;

/** Keys that will fail soon unless somebody makes new ones. */
export function ExpiringKeys(): ReactNode {
  const [input] = useState(() => expiringInput(Date.now()));
  const keys = trpc.apiKeys.list.useQuery(input);
  return (
    <Card
      title="Keys that expire soon"
      lead={`Those that expire within ${SOON_DAYS} days. Make new ones before they do.`}
    >
      <Loaded query={keys} failed="The keys can't be shown" skeleton={<EntryListSkeleton rows={4} />}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <p className="soft">None. Every key works for longer than that.</p>
          ) : (
            <Keys soonest={items} isAll={nextCursor === null} />
          )
        }
      </Loaded>
    </Card>
  );
}

function Keys({ soonest, isAll }: { soonest: readonly ApiKey[]; isAll: boolean }): ReactNode {
  return (
    <>
      <ol className="entry-list" role="list" aria-label="Keys that expire soon">
        {soonest.slice(0, SHOWN).map(({ id, name, ownerName, expiresAtMs }) => (
          <li key={id}>
            <div>
              <Link to="/console/api-keys/$id" params={{ id }} className="entry-act">
                {name}
              </Link>
              <span className="cell-sub">{ownerName}</span>
            </div>
            <span className="small">
              <RelativeTime atMs={expiresAtMs} />
            </span>
          </li>
        ))}
      </ol>
      {soonest.length > SHOWN && (
        <Link to="/console/api-keys" search={{ expires: `${SOON_DAYS}` }} className="small">
          See all {isAll ? `${soonest.length} ` : ''}keys that expire soon
        </Link>
      )}
    </>
  );
}
