import type { User } from '@latchkey/schemas';
import { TRPCClientError } from '@trpc/client';
import { lazy, Suspense, useState, type ReactNode } from 'react';

import { rpcClient, trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { tellFailure } from '../../ui/toast.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { useLayer } from '../../ui/use-layer.ts';
import { failureOf } from '../../words/failure.ts';
import type { Invitation } from './invitation-ready.tsx';

const InvitationDialog = lazy(async () => ({ default: (await import('./invitation-dialog.tsx')).InvitationDialog }));

type ResendProps = { person: User; offBecause: string | undefined };

/** Makes a new link, and mails it where mail goes out. The link opens an account, so it is kept out of the cache. */
export function ResendInvitation({ person, offBecause }: ResendProps): ReactNode {
  const cache = trpc.useUtils();
  const [pending, setPending] = useState(false);
  const layer = useLayer<Invitation>();
  const send = async () => {
    setPending(true);
    try {
      layer.show(await rpcClient.users.resendInvitation.mutate({ id: person.id }));
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      const { what, next } = failureOf(error);
      tellFailure(`${what} ${next}`);
    } finally {
      setPending(false);
    }
    // They may have accepted meanwhile, and then this button goes.
    await Promise.all([cache.users.invalidate(), cache.audit.invalidate()]);
  };
  return (
    <>
      <GuardedButton tone="primary" offBecause={offBecause} pending={pending} onClick={() => void send()}>
        {useSendsMail() ? 'Resend invitation' : 'Make new invitation'}
      </GuardedButton>
      {layer.subject && (
        <Suspense fallback={null}>
          <InvitationDialog layer={layer} />
        </Suspense>
      )}
    </>
  );
}
