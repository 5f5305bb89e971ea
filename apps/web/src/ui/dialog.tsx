import { Dialog as Base } from '@base-ui/react/dialog';
import { useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';

import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

export type DialogProps = {
  open: boolean;
  /** Somebody wants to leave: Esc, the backdrop or the close button. */
  onClose: () => void;
  title: string;
  /** `held`: Esc and the backdrop do nothing and there is no close button; only `children` can end it. */
  dismissal?: 'free' | 'held';
  size?: 'small' | 'usual' | 'wide';
  initialFocus?: RefObject<HTMLElement | null>;
  finalFocus?: RefObject<HTMLElement | null>;
  /** After the last frame of closing: where secrets and half-filled forms are dropped. */
  onClosed?: () => void;
  children: ReactNode;
};

type Details = Base.Root.ChangeEventDetails;

/** A press beside an open form would lose what was typed, so only Esc and the close button leave it. */
function mayLeave(details: Details, dismissal: 'free' | 'held'): boolean {
  return dismissal === 'free' && details.reason !== 'outside-press' && details.reason !== 'focus-out';
}

/** Base UI finds the way back to what opened it; a shortcut opens from nowhere, and then the page's content is right. */
function useWayBack(open: boolean): () => HTMLElement | true {
  const fromNowhere = useRef(false);
  useLayoutEffect(() => {
    if (open)
      fromNowhere.current = document.activeElement === document.body || document.activeElement?.tagName === 'MAIN';
  }, [open]);
  return () => (fromNowhere.current && document.querySelector('main')) || true;
}

const FIRST_CONTROL = ':is(input:not([type=radio]:not(:checked)), select, textarea):not([tabindex="-1"], :disabled)';

export function Dialog(props: DialogProps): ReactNode {
  const { open, onClose, title, dismissal = 'free', size = 'usual', initialFocus, finalFocus, onClosed } = props;
  const popup = useRef<HTMLDivElement>(null);
  const wayBack = useWayBack(open);
  // The close button comes first in the order, but nobody opens a dialog to close it. A touch opens no keyboard.
  const focusFirst = (openedBy: string) =>
    openedBy === 'touch' || (popup.current?.querySelector<HTMLElement>(FIRST_CONTROL) ?? true);
  const change = (next: boolean, details: Details) => {
    if (next) return;
    if (mayLeave(details, dismissal)) onClose();
    else details.cancel();
  };
  return (
    <Base.Root open={open} onOpenChange={change} onOpenChangeComplete={(shown) => shown || onClosed?.()}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Viewport className="dialog-place">
          <Base.Popup
            className="dialog"
            ref={popup}
            data-size={size}
            initialFocus={initialFocus ?? focusFirst}
            finalFocus={finalFocus ?? wayBack}
          >
            <div className="dialog-head">
              <Base.Title>{title}</Base.Title>
              {dismissal === 'free' && (
                <Base.Close
                  render={
                    <IconButton label="Close">
                      <Icon name="close" />
                    </IconButton>
                  }
                />
              )}
            </div>
            {props.children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogBody({ children }: { children: ReactNode }): ReactNode {
  return <div className="dialog-body">{children}</div>;
}

export function DialogActs({ children }: { children: ReactNode }): ReactNode {
  return <div className="dialog-acts">{children}</div>;
}
