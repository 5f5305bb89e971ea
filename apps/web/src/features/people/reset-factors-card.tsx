import type { User } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';

const NONE = { what: 'There is no second factor to reset.', next: '' };

/** For somebody who has lost phone and recovery codes. */
export function ResetFactorsCard({ person, offBecause }: { person: User; offBecause: string | undefined }): ReactNode {
  const [asked, setAsked] = useState(false);
  const sendsMail = useSendsMail();
  const cache = trpc.useUtils();
  const reset = trpc.userFactors.reset.useMutation({
    onSuccess: async ({ mailed }) => {
      setAsked(false);
      tell(
        mailed ? `Second factors reset. ${person.name} was told by mail.` : 'Second factors reset. No mail went out.',
      );
      await Promise.all([cache.users.invalidate(), cache.userSessions.invalidate(), cache.audit.invalidate()]);
    },
  });
  const noneToReset = person.secondFactors.length === 0 ? 'They have none.' : undefined;
  const failure = reset.error ? failureOf(reset.error) : null;
  return (
    <Card
      title="Second factors"
      lead="Reset them for somebody who has lost their phone and recovery codes, once you are sure who asks."
      action={
        <GuardedButton offBecause={offBecause ?? noneToReset} onClick={() => setAsked(true)}>
          Reset second factors
        </GuardedButton>
      }
    >
      <LazyConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onClosed={reset.reset}
        title={`Reset the second factors of ${person.name}?`}
        act="Reset second factors"
        pending={reset.isPending}
        onConfirm={() => reset.mutate({ id: person.id })}
      >
        <p>
          Their app, passkeys and recovery codes stop working, their sessions end, and the password alone signs them in.{' '}
          {sendsMail && 'They are told by mail.'}
        </p>
        {failure && <FailureAlert failure={failure.code === 'state_conflict' ? { ...failure, ...NONE } : failure} />}
      </LazyConfirmDialog>
    </Card>
  );
}
