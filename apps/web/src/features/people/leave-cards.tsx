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

type OfPerson = { person: User; offBecause: string | undefined };

export function PersonData({ person: { id }, offBecause }: OfPerson): ReactNode {
  const take = trpc.users.export.useMutation({ onSuccess: saveExport });
  return (
    <Card
      title="Their data"
      lead="Everything that is kept of them, in one JSON file, when they ask for it. The audit log says that you took it."
      action={
        <GuardedButton offBecause={offBecause} pending={take.isPending} onClick={() => take.mutate({ id })}>
          Download data
        </GuardedButton>
      }
    >
      {take.error && <FailureAlert failure={failureOf(take.error)} />}
    </Card>
  );
}

export function ClosePerson({
  person: { id, name, email },
  offBecause,
  onClosed,
}: OfPerson & { onClosed: () => Promise<void> }): ReactNode {
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const closeAccount = async (typed: string) => {
    await rpcClient.users.close.mutate({ id, email: typed });
    await navigate({ to: '/console/people' });
    await onClosed();
    tell(`The account of ${name} is closed.`);
  };
  return (
    <Card
      title="Close account"
      lead="Ends everything and removes name and address, for good. What they did stays in the audit log, without them."
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setAsked(true)}>
          Close account
        </GuardedButton>
      }
    >
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
