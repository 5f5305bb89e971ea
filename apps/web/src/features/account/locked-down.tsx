import type { EndedByLockdown } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useSendsMail } from '../../rpc/sends-mail.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { EndedList } from '../lockdown/ended-list.tsx';

/** Nothing else of the page works any more. */
export function LockedDown({ ended }: { ended: EndedByLockdown }): ReactNode {
  return (
    <Dialog open onClose={() => undefined} dismissal="held" title="Your account is locked down">
      <DialogBody>
        <p>
          {useSendsMail()
            ? 'We mailed you a link. Choose a new password with it to come back.'
            : 'Your link to come back is in the outbox of the server, which sends no mail yet. Ask whoever runs it.'}
        </p>
        <EndedList ended={ended} />
      </DialogBody>
      <DialogActs>
        <LinkButton href="/sign-in" tone="primary">
          Go to sign in
        </LinkButton>
      </DialogActs>
    </Dialog>
  );
}
