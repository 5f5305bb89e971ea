import type { App } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { Notice } from '../../ui/notice.tsx';
import { Copyable, OnceShown } from '../api-keys/once-shown.tsx';

export type NewClient = { app: App; clientId: string; clientSecret: string | null };

/** What the app's settings need. The secret is shown this once. */
export function ClientStep({ clientId, clientSecret, onLeave }: NewClient & { onLeave: () => void }): ReactNode {
  const code = useRef<HTMLElement>(null);
  const text = [
    `OIDC_ISSUER=${location.origin}`,
    `OIDC_CLIENT_ID=${clientId}`,
    ...(clientSecret === null ? [] : [`OIDC_CLIENT_SECRET=${clientSecret}`]),
  ].join('\n');
  return (
    <OnceShown
      secret={clientSecret === null ? null : text}
      shownIn={code}
      lossWords="You haven't copied the secret. Without it, you would have to rotate it to get a new one."
      onLeave={onLeave}
    >
      {(onCopied) => (
        <>
          {clientSecret !== null && (
            <Notice tone="warn">
              <p>This is the only time you&apos;ll see the secret. We store a hash, so nobody can show it again.</p>
            </Notice>
          )}
          <Copyable text={text} shownIn={code} onCopied={onCopied} takesFocus />
        </>
      )}
    </OnceShown>
  );
}
