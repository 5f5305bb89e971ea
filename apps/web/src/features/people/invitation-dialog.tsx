import { useRef, type ReactNode } from 'react';

import { Dialog } from '../../ui/dialog.tsx';
import type { Layer } from '../../ui/use-layer.ts';
import { InvitationReady, type Invitation } from './invitation-ready.tsx';

/** The new link. Dropped with the last frame of closing, for it opens an account. */
export function InvitationDialog({ layer }: { layer: Layer<Invitation> }): ReactNode {
  const { open, subject, close, forget } = layer;
  const copy = useRef<HTMLButtonElement>(null);
  return (
    <Dialog open={open} onClose={close} onClosed={forget} title="New invitation made" initialFocus={copy}>
      {subject && <InvitationReady invitation={subject} onClose={close} copy={copy} />}
    </Dialog>
  );
}
