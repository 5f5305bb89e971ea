import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { LazyCloseDialog } from '../closure/lazy-close-dialog.tsx';
import { saveExport } from '../closure/save-export.ts';

export function DataCard(): ReactNode {
  const take = trpc.me.export.useMutation({
    onSuccess: (data) => {
      saveExport(data);
      tell('Your data is saved as a file.');
    },
  });
  return (
    <Card
      title="Your data"
      lead="Everything that is kept of you, in one JSON file: without passwords, keys or codes."
      action={
        <Button pending={take.isPending} onClick={() => take.mutate()}>
          Download my data
        </Button>
      }
    >
      {take.error && <FailureAlert failure={failureOf(take.error)} />}
    </Card>
  );
}

export function CloseCard(): ReactNode {
  const { email = '' } = useMe();
  const [asked, setAsked] = useState(false);
  return (
    <Card
      title="Close account"
      lead="Ends everything at once and removes your name and address. What you did stays in the audit log, without them."
      action={<Button onClick={() => setAsked(true)}>Close account</Button>}
    >
      <LazyCloseDialog
        open={asked}
        onClose={() => setAsked(false)}
        title="Close your account?"
        email={email}
        whose="your"
        closeAccount={async (typed) => void (await rpcClient.me.close.mutate({ email: typed }))}
      />
    </Card>
  );
}
