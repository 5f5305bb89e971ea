import type { Passkey } from '@latchkey/schemas';
import { lazy, Suspense, useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { hasPasskeys } from '../../passkeys/support.ts';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Button } from '../../ui/button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toast.tsx';
import { useLayer, type Layer } from '../../ui/use-layer.ts';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { Safeguard } from './safeguard.tsx';

const AddPasskeyDialog = lazy(async () => ({ default: (await import('./add-passkey-dialog.tsx')).AddPasskeyDialog }));
const RenamePasskeyDialog = lazy(async () => ({
  default: (await import('./rename-passkey-dialog.tsx')).RenamePasskeyDialog,
}));

const OFF_BECAUSE = 'This browser can use no passkeys at this address. They need HTTPS and a host name.';

export function PasskeyLines({ passkeys }: { passkeys: readonly Passkey[] }): ReactNode {
  const adding = useLayer<true>();
  const renaming = useLayer<Passkey>();
  return (
    <>
      <Safeguard
        title="Passkeys"
        is={passkeys.length > 0 ? 'good' : 'missing'}
        state={
          passkeys.length > 0
            ? `${countWords(passkeys.length, 'passkey')}. Each signs you in by itself, or after your password.`
            : 'Sign in with your finger, face or PIN instead of a password. Nobody can phish it.'
        }
      >
        <GuardedButton
          size="small"
          offBecause={hasPasskeys() ? undefined : OFF_BECAUSE}
          onClick={() => adding.show(true)}
        >
          Add passkey
        </GuardedButton>
        {adding.subject && (
          <Suspense fallback={null}>
            <AddPasskeyDialog layer={adding} />
          </Suspense>
        )}
      </Safeguard>
      {passkeys.map((passkey) => (
        <PasskeyLine key={passkey.id} passkey={passkey} renaming={renaming} />
      ))}
      {renaming.subject && (
        <Suspense fallback={null}>
          <RenamePasskeyDialog layer={renaming} />
        </Suspense>
      )}
    </>
  );
}

function PasskeyLine({ passkey, renaming }: { passkey: Passkey; renaming: Layer<Passkey> }): ReactNode {
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
