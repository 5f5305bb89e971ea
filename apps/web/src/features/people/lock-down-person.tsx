import type { User } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { failureOf } from '../../words/failure.ts';
import { EndedList } from '../lockdown/ended-list.tsx';
import { WayBackKept } from '../lockdown/way-back-kept.tsx';

type LockDownPersonProps = { person: User; offBecause: string | undefined; onLocked: () => Promise<void> };

/** For an account that may be in the wrong hands. */
export function LockDownPerson({ person: { id, name, email }, offBecause, onLocked }: LockDownPersonProps): ReactNode {
  const [asking, setAsking] = useState(false);
  const sendsMail = useSendsMail();
  const lockDown = trpc.users.lockDown.useMutation({
    onSuccess: async () => {
      setAsking(false);
      await onLocked();
    },
  });
  return (
    <Card
      title="Lock down"
      lead="If somebody else may be in the account: ends its sessions, API keys and password. They come back by a link."
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
          Lock down account
        </GuardedButton>
      }
    >
      {lockDown.data && (
        <Notice tone="good" role="status">
          <p>{name} is locked down.</p>
          <EndedList ended={lockDown.data} />
        </Notice>
      )}
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Lock down ${name}?`}
        act="Lock down account"
        pending={lockDown.isPending}
        onConfirm={() => lockDown.mutate({ id })}
      >
        <p>
          Every session ends, every API key of theirs is revoked, and the password works no more.{' '}
          {sendsMail && `A link to come back goes to ${email}.`}
        </p>
        {!sendsMail && <WayBackKept />}
        {lockDown.error && <FailureAlert failure={failureOf(lockDown.error)} />}
      </LazyConfirmDialog>
    </Card>
  );
}
