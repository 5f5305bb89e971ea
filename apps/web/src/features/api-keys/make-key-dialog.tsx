import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SecretStep, type NewSecret } from './secret-step.tsx';

export type MakeKeyDialogProps = {
  open: boolean;
  title: string;
  /** The title over the secret. */
  secretTitle: string;
  /** `madeId` is the key whose secret was shown, if it came so far. */
  onClose: (madeId: string | null) => void;
  onClosed: () => void;
  /** The form; it hands over what the server answered. */
  children: (onMade: (made: NewSecret) => void) => ReactNode;
};

/**
 * The form, then the secret, in one dialog: the focus never leaves it. The secret lives in this state alone, in no
 * cache, and is dropped when the dialog has closed.
 */
export function MakeKeyDialog({
  open,
  title,
  secretTitle,
  onClose,
  onClosed,
  children,
}: MakeKeyDialogProps): ReactNode {
  const [made, setMade] = useState<NewSecret | null>(null);
  const utils = trpc.useUtils();
  const keep = (next: NewSecret) => {
    setMade(next);
    void utils.apiKeys.list.invalidate();
  };
  const drop = () => {
    setMade(null);
    onClosed();
  };
  return (
    <Dialog
      open={open}
      onClose={() => onClose(null)}
      onClosed={drop}
      title={made ? secretTitle : title}
      dismissal={made ? 'held' : 'free'}
    >
      {made ? <SecretStep {...made} onLeave={() => onClose(made.apiKey.id)} /> : children(keep)}
    </Dialog>
  );
}
