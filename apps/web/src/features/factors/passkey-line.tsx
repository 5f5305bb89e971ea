import type { Passkey } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toast.tsx';
import type { Layer } from '../../ui/use-layer.ts';
import { failureOf } from '../../words/failure.ts';

/** One of several: its name, its last use, what can be done. */
export function PasskeyLine({ passkey, renaming }: { passkey: Passkey; renaming: Layer<Passkey> }): ReactNode {
  const { id, name, createdAtMs, lastUsedAtMs } = passkey;
  const [asked, setAsked] = useState(false);
  const utils = trpc.useUtils();
  const remove = trpc.passkeys.remove.useMutation({
    onSuccess: async () => {
      setAsked(false);
      await utils.factors.invalidate();
      tell(`Passkey ${name} removed.`);
    },
  });
  return (
    <li className="safeguard" data-is="part">
      <span />
      <div>
        <h4>{name}</h4>
        <p className="cell-sub">
          Added <RelativeTime atMs={createdAtMs} />,{' '}
          {lastUsedAtMs === null ? (
            'not used yet'
          ) : (
            <>
              used <RelativeTime atMs={lastUsedAtMs} />
            </>
          )}
        </p>
      </div>
      <div className="row">
        <Button size="small" tone="quiet" aria-label={`Rename ${name}`} onClick={() => renaming.show(passkey)}>
          Rename
        </Button>
        <Button size="small" tone="quiet" aria-label={`Remove ${name}`} onClick={() => setAsked(true)}>
          Remove
        </Button>
      </div>
      <LazyConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onClosed={remove.reset}
        title={`Remove ${name}?`}
        act="Remove passkey"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ id })}
      >
        <p>It won't sign you in here any more. Delete it on the device too, which goes on offering it.</p>
        {remove.error && <FailureAlert failure={failureOf(remove.error)} />}
      </LazyConfirmDialog>
    </li>
  );
}
