import { useBlocker } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { NotSaved, RecoveryCodes } from './recovery-codes.tsx';

/** The codes in a dialog. It ends by its buttons alone, so that a stray Escape loses nothing. */
export function RecoveryCodesStep({ codes, onLeave }: { codes: readonly string[]; onLeave: () => void }): ReactNode {
  const [saved, setSaved] = useState(false);
  const [asked, setAsked] = useState(false);
  const [left, setLeft] = useState(false);
  const copy = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => copy.current?.focus(), []);
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true, disabled: saved || left });
  const leave = () => {
    setLeft(true);
    onLeave();
  };
  return (
    <>
      <DialogBody>
        <p>
          Each code signs you in once when your phone isn't at hand. Keep them where you keep your passwords, or print
          them.
        </p>
        <RecoveryCodes codes={codes} onSaved={() => setSaved(true)} copy={copy} />
        {asked && !saved && <NotSaved />}
      </DialogBody>
      <DialogActs>
        <Button onClick={() => (saved || asked ? leave() : setAsked(true))}>
          {asked && !saved ? 'Leave without them' : 'Done'}
        </Button>
      </DialogActs>
    </>
  );
}
