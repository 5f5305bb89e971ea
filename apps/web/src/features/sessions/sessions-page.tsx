import type { Session } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { TableSkeleton } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { SESSION_COLUMNS, SessionsTable } from './sessions-table.tsx';

function sayFailure(error: unknown): void {
  const { what, next } = failureOf(error);
  tellFailure(`${what} ${next}`);
}

const leave = () => location.assign('/sign-in');

export function SessionsPage(): ReactNode {
  const sessions = trpc.sessions.list.useQuery();
  const end = useEndSession();
  return (
    <Page
      title="Sessions"
      lead="Each browser in which you are signed in. End any that you don't know, then change your password."
    >
      <Loaded
        query={sessions}
        failed="Your sessions can't be shown"
        skeleton={<TableSkeleton columns={SESSION_COLUMNS} rows={3} />}
      >
        {({ items }) => (
          <>
            <SessionsTable label="Your sessions" sessions={items} {...end} />
            <EndMany count={items.length} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function useEndSession() {
  const utils = trpc.useUtils();
  const end = trpc.sessions.end.useMutation({
    onSuccess: async () => {
      await utils.sessions.invalidate();
      tell('Session ended.');
    },
    onError: sayFailure,
  });
  const signOut = trpc.session.end.useMutation({ onSuccess: leave, onError: sayFailure });
  const onEnd = ({ id, current }: Session) => (current ? signOut.mutate() : end.mutate({ id }));
  return { endingId: end.isPending ? end.variables.id : null, onEnd };
}

function EndMany({ count }: { count: number }): ReactNode {
  const [asked, setAsked] = useState(false);
  const utils = trpc.useUtils();
  const endOthers = trpc.sessions.endOthers.useMutation({
    onSuccess: async ({ ended }) => {
      await utils.sessions.invalidate();
      tell(`${countWords(ended, 'session')} ended.`);
    },
    onError: sayFailure,
  });
  const endAll = trpc.sessions.endAll.useMutation({ onSuccess: leave });
  return (
    <div className="row">
      {count > 1 && (
        <Button pending={endOthers.isPending} onClick={() => endOthers.mutate()}>
          Sign out everywhere else
        </Button>
      )}
      <Button onClick={() => setAsked(true)}>Sign out everywhere</Button>
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onClosed={endAll.reset}
        title="Sign out everywhere?"
        act="Sign out everywhere"
        pending={endAll.isPending}
        onConfirm={() => endAll.mutate()}
      >
        <p>
          {count === 1 ? 'This browser’s session ends' : `All ${count} sessions end, this browser’s too`}. Your API keys
          go on working.
        </p>
        {endAll.error && <FailureAlert failure={failureOf(endAll.error)} />}
      </ConfirmDialog>
    </div>
  );
}
