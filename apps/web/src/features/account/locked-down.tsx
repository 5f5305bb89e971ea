import type { EndedByLockdown } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { LinkButton } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { EndedList } from '../lockdown/ended-list.tsx';

/** Nothing else of the page works any more. */
export function LockedDown({ ended }: { ended: EndedByLockdown }): ReactNode {
  return (
    <Dialog open onClose={() => undefined} dismissal="held" title="Your account is locked down">
      <DialogBody>
        <p>We mailed you a link. Choose a new password with it to come back.</p>
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
