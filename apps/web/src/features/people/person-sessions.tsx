import type { Session, User } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { GuardedButton } from '../../ui/tooltip.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { userAgentWords } from '../../words/user-agent-words.ts';

type PersonSessionsProps = { person: User; offBecause: string | undefined };

function columnsFor(mine: string, acts: (session: Session) => ReactNode): readonly Column<Session>[] {
  return [
    {
      key: 'device',
      title: 'Device',
      kind: 'name',
      cell: ({ id, userAgent }) => (
        <span className="row" data-gap="small" title={userAgent}>
          {userAgentWords(userAgent)}
          {id === mine && <Badge tone="accent">This one</Badge>}
        </span>
      ),
    },
    { key: 'address', title: 'Address', cell: ({ address }) => <span className="mono">{address}</span> },
    {
      key: 'lastUsed',
      title: 'Last used',
      nowrap: true,
      cell: ({ lastUsedAtMs }) => <RelativeTime atMs={lastUsedAtMs} />,
    },
    {
      key: 'signedIn',
      title: 'Signed in',
      nowrap: true,
      cell: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} />,
    },
    { key: 'acts', title: 'Actions', kind: 'acts', cell: acts },
  ];
}

/** Where the person is signed in, and a way to end it. */
export function PersonSessions({ person, offBecause }: PersonSessionsProps): ReactNode {
  const mine = useMe().credential.id;
  const cache = trpc.useUtils();
  const sessions = trpc.userSessions.list.useQuery({ id: person.id });
  const refresh = () => Promise.all([cache.userSessions.invalidate(), cache.audit.invalidate()]);
  const end = trpc.userSessions.end.useMutation({
    onSuccess: async () => {
      await refresh();
      tell('Session ended.');
    },
  });
  const columns = columnsFor(mine, (session) => (
    <GuardedButton
      size="small"
      offBecause={offBecause}
      pending={end.isPending && end.variables.sessionId === session.id}
      aria-label={`End session: ${userAgentWords(session.userAgent)}`}
      onClick={() => end.mutate({ id: person.id, sessionId: session.id })}
    >
      End session
    </GuardedButton>
  ));
  const some = (sessions.data?.items.length ?? 0) > 0;
  return (
    <Card
      title="Sessions"
      lead={`Where ${person.name} is signed in now.`}
      action={some && <EndAll person={person} offBecause={offBecause} onEnded={refresh} />}
    >
      {end.error && <FailureAlert failure={failureOf(end.error)} />}
      <Loaded
        query={sessions}
        failed="The sessions can't be shown"
        skeleton={<TableSkeleton columns={columns} rows={2} />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">Not signed in anywhere.</p>
          ) : (
            <Table label="Sessions" columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </Card>
  );
}

function EndAll({ person, offBecause, onEnded }: PersonSessionsProps & { onEnded: () => Promise<unknown> }): ReactNode {
  const [asking, setAsking] = useState(false);
  const endAll = trpc.userSessions.endAll.useMutation({
    onSuccess: async ({ ended }) => {
      setAsking(false);
      tell(`${countWords(ended, 'session')} ended.`);
      await onEnded();
    },
  });
  const ask = () => {
    endAll.reset();
    setAsking(true);
  };
  return (
    <>
      <GuardedButton offBecause={offBecause} onClick={ask}>
        End all sessions
      </GuardedButton>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`End all sessions of ${person.name}?`}
        act="End all sessions"
        pending={endAll.isPending}
        onConfirm={() => endAll.mutate({ id: person.id })}
      >
        <p>They are signed out everywhere at once, and can sign in again with their password. Their API keys go on.</p>
        {endAll.error && <FailureAlert failure={failureOf(endAll.error)} />}
      </ConfirmDialog>
    </>
  );
}
