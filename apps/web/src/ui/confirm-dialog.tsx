import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import { useRef, type ReactNode } from 'react';

import { Button } from './button.tsx';

export type ConfirmDialogProps = {
  open: boolean;
  onClose: () => void;
  onClosed?: () => void;
  /** The question, with the object's name: "Revoke billing-worker?" */
  title: string;
  /** The verb and the object: "Revoke key". */
  act: string;
  tone?: 'danger' | 'primary';
  /** What the button that changes nothing says. */
  keep?: string;
  pending?: boolean;
  onConfirm: () => void;
  /** The effect, in a sentence; and the failure, when there was one. */
  children: ReactNode;
};

/** Only for what can't be undone. The focus starts on the button that changes nothing. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { open, onClose, onClosed, title, act, tone = 'danger', keep = 'Cancel', pending = false, onConfirm } = props;
  const keepButton = useRef<HTMLButtonElement>(null);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => next || onClose()}
      onOpenChangeComplete={(shown) => shown || onClosed?.()}
    >
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Viewport className="dialog-place">
          <Base.Popup className="dialog" data-size="small" initialFocus={keepButton}>
            <div className="dialog-head">
              <Base.Title>{title}</Base.Title>
            </div>
            <Base.Description render={<div className="dialog-body" />}>{props.children}</Base.Description>
            <div className="dialog-acts">
              <Button ref={keepButton} onClick={onClose}>
                {keep}
              </Button>
              <Button tone={tone} pending={pending} onClick={onConfirm}>
                {act}
              </Button>
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
