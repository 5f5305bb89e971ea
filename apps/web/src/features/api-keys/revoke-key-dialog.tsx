import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import type { KeyDialogProps } from './rename-key-dialog.tsx';

/** Names the object and the effect. */
export function RevokeKeyDialog({ open, close, forget, apiKey }: KeyDialogProps): ReactNode {
  const utils = trpc.useUtils();
  const revoke = trpc.apiKeys.revoke.useMutation({
    onSuccess: async () => {
      await utils.apiKeys.invalidate();
      close();
      tell(`${apiKey.name} is revoked.`);
    },
  });
  const closed = () => {
    revoke.reset();
    forget();
  };
  return (
    <ConfirmDialog
      open={open}
      onClose={close}
      onClosed={closed}
      title={`Revoke ${apiKey.name}?`}
      act="Revoke key"
      pending={revoke.isPending}
      onConfirm={() => revoke.mutate({ id: apiKey.id })}
    >
      <Effect apiKey={apiKey} />
      {revoke.error && <FailureAlert failure={failureOf(revoke.error)} />}
    </ConfirmDialog>
  );
}

function Effect({ apiKey }: { apiKey: ApiKey }): ReactNode {
  return (
    <p>
      Requests with it fail at once, and it can't be brought back.{' '}
      {apiKey.lastUsedAtMs === null ? (
        'It was never used.'
      ) : (
        <>
          It was last used <RelativeTime atMs={apiKey.lastUsedAtMs} />.
        </>
      )}
    </p>
  );
}
