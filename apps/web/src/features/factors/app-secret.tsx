import type { TotpEnrolment } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { QrCode } from './qr-code.tsx';

/** What an authenticator app is given: the picture, and the text for whoever can't scan it. */
export function AppSecret({ secret, uri }: Pick<TotpEnrolment, 'secret' | 'uri'>): ReactNode {
  const text = useRef<HTMLElement>(null);
  return (
    <div className="scan">
      <QrCode text={uri} label="QR code for your authenticator app" />
      <div className="stack" data-gap="small">
        <p className="soft small">No camera at hand? Type this into the app:</p>
        <code className="code" ref={text}>
          {secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
        </code>
        <div className="row">
          <CopyButton text={secret} shownIn={text} label="Copy secret" size="small" />
        </div>
      </div>
    </div>
  );
}
