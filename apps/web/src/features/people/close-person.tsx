import type { User } from '@latchkey/schemas';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { saveJson } from '../lockdown/save-json.ts';

type ClosePersonProps = { person: User; offBecause: string | undefined; onClosed: () => Promise<void> };

/** What a person can ask of an admin: their data, and to be gone. */
export function ClosePerson({ person: { id, name, email }, offBecause, onClosed }: ClosePersonProps): ReactNode {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const take = trpc.users.export.useMutation({ onSuccess: (data) => saveJson(`latchkey-${id}.json`, data) });
  const close = trpc.users.close.useMutation({
    onSuccess: async () => {
      await navigate({ to: '/console/people' });
      await onClosed();
      tell(`The account of ${name} is closed.`);
    },
  });
  return (
    <Card
      title="Data and closing"
      lead="Closing ends everything, and removes name and address. The audit log stays."
      action={
        <div className="row">
          <GuardedButton offBecause={offBecause} pending={take.isPending} onClick={() => take.mutate({ id })}>
            Download data
          </GuardedButton>
          <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
            Close account
          </GuardedButton>
        </div>
      }
    >
      {take.error && <FailureAlert failure={failureOf(take.error)} />}
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Close the account of ${name}?`}
        act="Close account"
        pending={close.isPending}
        onConfirm={() => close.mutate({ id })}
      >
        <p>
          Their sessions end, their API keys are revoked, and {email} is removed. What they did stays in the audit log.
          This can’t be undone.
        </p>
        {close.error && <FailureAlert failure={failureOf(close.error)} />}
      </LazyConfirmDialog>
    </Card>
  );
}
