import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { saveJson } from '../lockdown/save-json.ts';

/** Everything that is kept about oneself, as a file. */
export function DataCard(): ReactNode {
  const { id } = useMe();
  const take = trpc.me.export.useMutation({
    onSuccess: (data) => {
      saveJson(`latchkey-${id}.json`, data);
      tell('Your data is saved.');
    },
  });
  return (
    <Card
      title="Your data"
      lead="Your account, sessions, browsers, API keys without their secrets, and what the audit log says of you."
      action={
        <Button pending={take.isPending} onClick={() => take.mutate()}>
          Download data
        </Button>
      }
    >
      {take.error && <FailureAlert failure={failureOf(take.error)} />}
    </Card>
  );
}

export function CloseCard(): ReactNode {
  const { email } = useMe();
  const [asked, setAsked] = useState(false);
  const close = trpc.me.close.useMutation({ onSuccess: () => location.assign('/sign-in') });
  return (
    <Card
      title="Close account"
      lead="Ends everything, and removes your name and address. The audit log stays."
      action={<Button onClick={() => setAsked(true)}>Close account</Button>}
    >
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onClosed={close.reset}
        title="Close your account?"
        act="Close account"
        pending={close.isPending}
        onConfirm={() => close.mutate()}
      >
        <p>
          Your sessions end, your API keys are revoked, and {email} is removed. What you did stays in the audit log.
          This can’t be undone.
        </p>
        {close.error && <FailureAlert failure={failureOf(close.error)} />}
      </ConfirmDialog>
    </Card>
  );
}
