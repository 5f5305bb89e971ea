import type { EndedByLockdown } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { failureOf } from '../../words/failure.ts';
import { EndedList } from '../lockdown/ended-list.tsx';

const EFFECT =
  'Every session ends, this one too, every API key is revoked, and your password works no more. We mail you a link to come back.';

/** One press, for somebody who fears that another is in their account. */
export function LockDownCard(): ReactNode {
  const [asked, setAsked] = useState(false);
  const lockDown = trpc.me.lockDown.useMutation();
  return (
    <Card
      title="Lock down"
      lead="If somebody else may be in your account. Programs that use your API keys stop as well."
      action={<Button onClick={() => setAsked(true)}>Lock down account</Button>}
    >
      <ConfirmDialog
        open={asked && !lockDown.data}
        onClose={() => setAsked(false)}
        onClosed={() => lockDown.error && lockDown.reset()}
        title="Lock down your account?"
        act="Lock down account"
        pending={lockDown.isPending}
        onConfirm={() => lockDown.mutate()}
      >
        <p>{EFFECT}</p>
        {lockDown.error && <FailureAlert failure={failureOf(lockDown.error)} />}
      </ConfirmDialog>
      {lockDown.data && <LockedDown ended={lockDown.data} />}
    </Card>
  );
}

/** Nothing else of the page works any more. */
function LockedDown({ ended }: { ended: EndedByLockdown }): ReactNode {
  return (
    <Dialog open onClose={() => undefined} dismissal="held" title="Your account is locked down">
      <DialogBody>
        <p>We mailed you a link. Choose a new password with it to come back.</p>
        <EndedList ended={ended} />
      </DialogBody>
      <DialogActs>
        <LinkButton href="/sign-in" tone="primary">
          Go to sign in
        </LinkButton>
      </DialogActs>
    </Dialog>
  );
}
