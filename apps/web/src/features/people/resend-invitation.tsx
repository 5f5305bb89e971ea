import type { User } from '@latchkey/schemas';
import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode } from 'react';

import { rpcClient, trpc } from '../../rpc/client.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { tellFailure } from '../../ui/toast.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { failureOf } from '../../words/failure.ts';
import { InvitationReady, type Invitation } from './invitation-ready.tsx';

type ResendProps = { person: User; offBecause: string | undefined };

/** Makes a new link and mails it. The link opens an account, so it is kept out of the cache. */
export function ResendInvitation({ person, offBecause }: ResendProps): ReactNode {
  const cache = trpc.useUtils();
  const [pending, setPending] = useState(false);
  const [open, setOpen] = useState(false);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const send = async () => {
    setPending(true);
    try {
      setInvitation(await rpcClient.users.resendInvitation.mutate({ id: person.id }));
      setOpen(true);
      await cache.audit.invalidate();
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      const { what, next } = failureOf(error);
      tellFailure(`${what} ${next}`);
      await cache.users.invalidate();
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <GuardedButton tone="primary" offBecause={offBecause} pending={pending} onClick={() => void send()}>
        Resend invitation
      </GuardedButton>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        onClosed={() => setInvitation(null)}
        title="New invitation made"
      >
        {invitation && <InvitationReady invitation={invitation} onClose={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}
