import type { Passkey } from '@latchkey/schemas';
import { lazy, Suspense, type ReactNode } from 'react';

import { hasPasskeys } from '../../passkeys/support.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { useLayer } from '../../ui/use-layer.ts';
import { countWords } from '../../words/time-words.ts';
import { Safeguard } from './safeguard.tsx';

const PasskeyLine = lazy(async () => ({ default: (await import('./passkey-line.tsx')).PasskeyLine }));
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
      <Suspense fallback={null}>
        {passkeys.map((passkey) => (
          <PasskeyLine key={passkey.id} passkey={passkey} renaming={renaming} />
        ))}
      </Suspense>
      {renaming.subject && (
        <Suspense fallback={null}>
          <RenamePasskeyDialog layer={renaming} />
        </Suspense>
      )}
    </>
  );
}
