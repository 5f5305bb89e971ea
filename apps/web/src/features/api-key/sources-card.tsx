import type { ApiKey, SourceList } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Badge } from '../../ui/badge.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { countWords, numberWords } from '../../words/time-words.ts';
import { userAgentWords } from '../../words/user-agent-words.ts';

/** Who waits for the old secret to fall silent sees it without loading the page again. */
const ASK_EVERY_MS = 10_000;

type Source = SourceList['items'][number];

export function SourcesCard({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const inGrace = apiKey.previousSecretUntilMs !== null && apiKey.status === 'active';
  const sources = trpc.apiKeys.sources.useQuery({ id: apiKey.id }, { refetchInterval: inGrace && ASK_EVERY_MS });
  return (
    <Card title="Who uses it" lead="The latest networks and programs, at most fifty.">
      <Loaded query={sources} failed="They can't be shown" skeleton={<SkeletonRows rows={2} label="Loading" />}>
        {({ items }) => (
          <>
            {inGrace && <OldSecret sources={items} untilMs={apiKey.previousSecretUntilMs} />}
            {items.length === 0 ? (
              <p className="soft">Nobody was seen yet. New uses show within a minute.</p>
            ) : (
              <Table
                label="Who uses it"
                columns={COLUMNS}
                rows={items}
                rowKey={(each) => `${each.network} ${each.agent}`}
              />
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** Who would fail when the grace of a rotation ends. */
function OldSecret({ sources, untilMs }: { sources: readonly Source[]; untilMs: number | null }): ReactNode {
  const still = sources.filter(({ oldSecretAtMs }) => oldSecretAtMs !== null);
  if (still.length === 0) {
    return (
      <Notice tone="good" role="status">
        <p>Nobody has used the old secret since it was rotated.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="warn" role="status">
      <p>
        The old secret is still in use at {countWords(still.length, 'place')}. It ends <RelativeTime atMs={untilMs} />.
      </p>
    </Notice>
  );
}

const COLUMNS: readonly Column<Source>[] = [
  {
    key: 'agent',
    title: 'Program',
    kind: 'name',
    cell: ({ agent }) => <span title={agent}>{programWords(agent)}</span>,
  },
  { key: 'network', title: 'Network', cell: ({ network }) => <span className="mono">{network}</span> },
  { key: 'calls', title: 'Calls', align: 'end', cell: ({ calls }) => numberWords(calls) },
  {
    key: 'last',
    title: 'Last seen',
    nowrap: true,
    cell: ({ lastSeenAtMs, oldSecretAtMs }) => (
      <>
        <RelativeTime atMs={lastSeenAtMs} />
        {oldSecretAtMs !== null && (
          <span className="cell-sub">
            <Badge tone="warn">Old secret</Badge> <RelativeTime atMs={oldSecretAtMs} />
          </span>
        )}
      </>
    ),
  },
];

/** Browsers in words that people know; programs by the name that they give. */
function programWords(agent: string): string {
  if (agent === '') return 'Gives no name';
  return agent.startsWith('Mozilla/') ? userAgentWords(agent) : agent;
}
