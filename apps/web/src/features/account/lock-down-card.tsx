import { lazy, Suspense, useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Button } from '../../ui/button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { failureOf } from '../../words/failure.ts';
import { WayBackKept } from '../lockdown/way-back-kept.tsx';

const LockedDown = lazy(async () => ({ default: (await import('./locked-down.tsx')).LockedDown }));

/** One press, for somebody who fears that another is in their account. */
export function LockDownCard(): ReactNode {
  const [asked, setAsked] = useState(false);
  const sendsMail = useSendsMail();
  const lockDown = trpc.me.lockDown.useMutation();
  return (
    <Card
      title="Lock down"
      lead="If somebody else may be in your account. Programs that use your API keys stop as well."
      action={<Button onClick={() => setAsked(true)}>Lock down account</Button>}
    >
      <LazyConfirmDialog
        open={asked && !lockDown.data}
        onClose={() => setAsked(false)}
        onClosed={() => lockDown.error && lockDown.reset()}
        title="Lock down your account?"
        act="Lock down account"
        pending={lockDown.isPending}
        onConfirm={() => lockDown.mutate()}
      >
        <p>
          Every session ends, this one too, every API key is revoked, and your password works no more.{' '}
          {sendsMail && 'We mail you a link to come back.'}
        </p>
        {!sendsMail && <WayBackKept />}
        {lockDown.error && <FailureAlert failure={failureOf(lockDown.error)} />}
      </LazyConfirmDialog>
      <Suspense fallback={null}>{lockDown.data && <LockedDown ended={lockDown.data} />}</Suspense>
    </Card>
  );
}
