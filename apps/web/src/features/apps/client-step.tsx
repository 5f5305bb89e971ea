import type { App } from '@latchkey/schemas';
import { useRef, useState, type ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';

export type NewClient = { app: App; clientId: string; clientSecret: string | null };

/** What the app's settings need. The secret is shown this once. */
export function ClientStep({ clientId, clientSecret, onLeave }: NewClient & { onLeave: () => void }): ReactNode {
  const [copied, setCopied] = useState(clientSecret === null);
  const [asked, setAsked] = useState(false);
  const code = useRef<HTMLElement>(null);
  const text = [
    `OIDC_ISSUER=${location.origin}`,
    `OIDC_CLIENT_ID=${clientId}`,
    ...(clientSecret === null ? [] : [`OIDC_CLIENT_SECRET=${clientSecret}`]),
  ].join('\n');
  const onCopied = () => setCopied(true);
  return (
    <>
      <DialogBody>
        {clientSecret !== null && (
          <Notice tone="warn">
            <p>This is the only time you&apos;ll see the secret. We store a hash, so nobody can show it again.</p>
          </Notice>
        )}
        <div className="secret">
          <code className="code" ref={code} data-secret="" onCopy={onCopied}>
            {text}
          </code>
          <div className="row">
            <CopyButton tone="primary" text={text} shownIn={code} onCopied={onCopied} />
          </div>
        </div>
        {asked && (
          <Notice tone="danger" role="alert">
            <p>You haven&apos;t copied the secret. Without it, you would have to rotate it to get a new one.</p>
          </Notice>
        )}
      </DialogBody>
      <DialogActs>
        <Button onClick={() => (copied || asked ? onLeave() : setAsked(true))}>{asked ? 'Leave' : 'Done'}</Button>
      </DialogActs>
    </>
  );
}
