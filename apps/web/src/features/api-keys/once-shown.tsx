import { useBlocker } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';

type OnceShownProps = {
  /** What would be lost; null where everything can be read again later. */
  secret: string | null;
  /** Shows the secret. It is selected when the clipboard is refused. */
  shownIn: RefObject<HTMLElement | null>;
  /** What leaving without it comes to. */
  lossWords: string;
  onLeave: () => void;
  children: (onCopied: () => void) => ReactNode;
};

/** The one time that a secret is shown. It ends by its buttons alone, so that a stray Escape loses nothing. */
export function OnceShown({ secret, shownIn, lossWords, onLeave, children }: OnceShownProps): ReactNode {
  const [copied, setCopied] = useState(secret === null);
  const [asked, setAsked] = useState(false);
  const [left, setLeft] = useState(false);
  const leave = () => {
    setLeft(true);
    onLeave();
  };
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true, disabled: copied || left });
  return (
    <>
      <DialogBody>
        {children(() => setCopied(true))}
        {asked && (
          <Notice tone="danger" role="alert">
            <p>{lossWords}</p>
          </Notice>
        )}
      </DialogBody>
      <DialogActs>
        {asked && secret !== null ? (
          <LeaveActs secret={secret} shownIn={shownIn} onLeave={leave} />
        ) : (
          <Button onClick={() => (copied ? leave() : setAsked(true))}>Done</Button>
        )}
      </DialogActs>
    </>
  );
}

type LeaveActsProps = { secret: string; shownIn: RefObject<HTMLElement | null>; onLeave: () => void };

function LeaveActs({ secret, shownIn, onLeave }: LeaveActsProps): ReactNode {
  const copy = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => copy.current?.focus(), []);
  return (
    <>
      <Button onClick={onLeave}>Leave</Button>
      <CopyButton ref={copy} tone="primary" label="Copy and close" text={secret} shownIn={shownIn} onCopied={onLeave} />
    </>
  );
}

type CopyableProps = {
  text: string;
  onCopied: () => void;
  shownIn?: RefObject<HTMLElement | null>;
  takesFocus?: boolean;
};

export function Copyable({ text, onCopied, shownIn, takesFocus = false }: CopyableProps): ReactNode {
  const own = useRef<HTMLElement>(null);
  const code = shownIn ?? own;
  const copy = useRef<HTMLButtonElement>(null);
  // In the same moment as the form goes: a moment later the dialog itself would take the lost focus, and keep it.
  useLayoutEffect(() => {
    if (takesFocus) copy.current?.focus();
  }, [takesFocus]);
  return (
    <div className="secret">
      {/* Somebody may also select the text and copy it by hand. */}
      <code className="code" ref={code} data-secret="" onCopy={onCopied}>
        {text}
      </code>
      <div className="row">
        <CopyButton ref={copy} tone="primary" text={text} shownIn={code} onCopied={onCopied} />
      </div>
    </div>
  );
}
