import { useRef, type ReactNode, type RefObject } from 'react';

import type { Outputs } from '../../rpc/router-types.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';

export type Invitation = Outputs['users']['create'];

type InvitationReadyProps = {
  invitation: Invitation;
  onClose: () => void;
  /** The button that the dialog's focus should be on. */
  copy: RefObject<HTMLButtonElement | null>;
};

/** The link, for those whom mail doesn't reach. */
export function InvitationReady({ invitation, onClose, copy }: InvitationReadyProps): ReactNode {
  const { user, invitationLink, invitationExpiresAtMs, mailed } = invitation;
  const sendsMail = useSendsMail();
  const link = useRef<HTMLElement>(null);
  return (
    <>
      <DialogBody>
        {mailed ? (
          <p>
            The mail to <strong>{user.email}</strong> is on its way. You can also hand over the link yourself.
          </p>
        ) : (
          <Notice tone="warn">
            <p>
              {sendsMail ? <>The mail to {user.email} couldn't be sent.</> : 'This server sends no mail yet.'} Hand over
              the link yourself.
            </p>
          </Notice>
        )}
        <code className="code" ref={link}>
          {invitationLink}
        </code>
        <div className="row">
          <CopyButton ref={copy} text={invitationLink ?? ''} shownIn={link} label="Copy link" tone="primary" />
        </div>
        {invitationExpiresAtMs !== null && (
          <p className="soft small">
            It works once, until <ExactTime atMs={invitationExpiresAtMs} />. A new invitation makes it useless.
          </p>
        )}
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Close</Button>
      </DialogActs>
    </>
  );
}
