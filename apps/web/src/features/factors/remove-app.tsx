import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';

export function RemoveApp(): ReactNode {
  const [asked, setAsked] = useState(false);
  const utils = trpc.useUtils();
  const remove = trpc.factors.removeTotp.useMutation({
    onSuccess: async () => {
      setAsked(false);
      await utils.factors.invalidate();
      tell('Authenticator app removed.');
    },
  });
  return (
    <>
      <Button size="small" tone="quiet" onClick={() => setAsked(true)}>
        Remove app
      </Button>
      <LazyConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onClosed={remove.reset}
        title="Remove your authenticator app?"
        act="Remove app"
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        <p>Without a passkey, your password alone will sign you in, and your recovery codes stop working.</p>
        {remove.error && <FailureAlert failure={failureOf(remove.error)} />}
      </LazyConfirmDialog>
    </>
  );
}
