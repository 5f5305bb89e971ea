import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { titleOf } from '../alerts/alert-words.ts';
import { EntryListSkeleton } from '../audit/entry-list.tsx';
import { ALERTS_INPUT } from './inputs.ts';

/** Alerts that nobody has decided on. */
export function OpenAlerts(): ReactNode {
  const alerts = trpc.alerts.list.useQuery(ALERTS_INPUT);
  return (
    <Card
      title="Open alerts"
      lead="What looks like an attack or a mistake."
      action={<Link to="/console/alerts">See all alerts</Link>}
    >
      <Loaded query={alerts} failed="The alerts can't be shown" skeleton={<EntryListSkeleton rows={1} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">None. Nothing needs a look.</p>
          ) : (
            <ol className="entry-list" role="list" aria-label="Open alerts">
              {items.map((alert) => (
                <li key={alert.id}>
                  <div>
                    <Link to="/console/alerts/$id" params={{ id: alert.id }} className="entry-act">
                      {titleOf(alert)}
                    </Link>
                    <span className="cell-sub">{alert.subject.name ?? alert.subject.id}</span>
                  </div>
                  <span className="soft small">
                    <RelativeTime atMs={alert.lastAtMs} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}
