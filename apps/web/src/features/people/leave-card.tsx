import type { User } from '@latchkey/schemas';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { LazyCloseDialog } from '../closure/lazy-close-dialog.tsx';
import { saveExport } from '../closure/save-export.ts';

type LeaveCardProps = { person: User; offBecause: string | undefined; onClosed: () => Promise<void> };

/** What a person can ask an admin for: their data, and to be gone. */
export function LeaveCard({ person: { id, name, email }, offBecause, onClosed }: LeaveCardProps): ReactNode {
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const take = trpc.users.export.useMutation({ onSuccess: saveExport });
  const closeAccount = async (typed: string) => {
    await rpcClient.users.close.mutate({ id, email: typed });
    await navigate({ to: '/console/people' });
    await onClosed();
    tell(`The account of ${name} is closed.`);
  };
  return (
    <Card
      title="Data and closing"
      lead="Closing ends everything and removes name and address, for good. The audit log stays, without them."
      action={
        <div className="row">
          <GuardedButton offBecause={offBecause} pending={take.isPending} onClick={() => take.mutate({ id })}>
            Download data
          </GuardedButton>
          <GuardedButton offBecause={offBecause} onClick={() => setAsked(true)}>
            Close account
          </GuardedButton>
        </div>
      }
    >
      {take.error && <FailureAlert failure={failureOf(take.error)} />}
      <LazyCloseDialog
        open={asked}
        onClose={() => setAsked(false)}
        title={`Close the account of ${name}?`}
        email={email}
        whose="their"
        closeAccount={closeAccount}
      />
    </Card>
  );
}
