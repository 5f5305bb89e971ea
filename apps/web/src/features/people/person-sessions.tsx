import type { User } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { TableSkeleton } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { SESSION_COLUMNS, SessionsTable } from '../sessions/sessions-table.tsx';

type PersonSessionsProps = { person: User; offBecause: string | undefined };

/** Where the person is signed in, and a way to end it. One's own are ended where one can see which is this one. */
export function PersonSessions({ person, offBecause }: PersonSessionsProps): ReactNode {
  const isMe = useMe().id === person.id;
  const { end, refresh } = useEndSession();
  const sessions = trpc.userSessions.list.useQuery({ id: person.id });
  const noneToEnd = sessions.data?.items.length === 0 ? 'They are signed in nowhere.' : undefined;
  const mayEnd = !isMe && !offBecause;
  const onEnd = ({ id }: { id: string }) => end.mutate({ id: person.id, sessionId: id });
  return (
    <Card
      title="Sessions"
      lead="The browsers in which they are signed in now."
      action={
        isMe ? (
          <Link to="/account/sessions">End your own sessions</Link>
        ) : (
          <EndAll person={person} offBecause={offBecause ?? noneToEnd} onEnded={refresh} />
        )
      }
    >
      {end.error && <FailureAlert failure={failureOf(end.error)} />}
      <Loaded
        query={sessions}
        failed="The sessions can't be shown"
        skeleton={<TableSkeleton columns={SESSION_COLUMNS} rows={2} />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">Not signed in anywhere.</p>
          ) : (
            <SessionsTable
              label="Sessions"
              sessions={items}
              endingId={end.isPending ? end.variables.sessionId : null}
              {...(mayEnd && { onEnd })}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

function useEndSession() {
  const cache = trpc.useUtils();
  const refresh = () => Promise.all([cache.userSessions.invalidate(), cache.audit.invalidate()]);
  const end = trpc.userSessions.end.useMutation({
    onSuccess: async () => {
      await refresh();
      tell('Session ended.');
    },
  });
  return { end, refresh };
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
  return (
    <>
      <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
        End all sessions
      </GuardedButton>
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onClosed={endAll.reset}
        title={`End all sessions of ${person.name}?`}
        act="End all sessions"
        pending={endAll.isPending}
        onConfirm={() => endAll.mutate({ id: person.id })}
      >
        <p>
          They are signed out everywhere at once, and can sign in again with their password. Their API keys go on
          working.
        </p>
        {endAll.error && <FailureAlert failure={failureOf(endAll.error)} />}
      </LazyConfirmDialog>
    </>
  );
}
