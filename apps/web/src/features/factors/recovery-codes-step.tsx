import { useBlocker } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';

const FILE_NAME = 'latchkey-recovery-codes.txt';

function download(codes: readonly string[]): void {
  const text = `Recovery codes for ${location.host}. Each works once.\n\n${codes.join('\n')}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  Object.assign(document.createElement('a'), { href: url, download: FILE_NAME }).click();
  URL.revokeObjectURL(url);
}

/** The one time that the codes are shown. It ends by its buttons alone, so that a stray Escape loses nothing. */
export function RecoveryCodesStep({ codes, onLeave }: { codes: readonly string[]; onLeave: () => void }): ReactNode {
  const [saved, setSaved] = useState(false);
  const [asked, setAsked] = useState(false);
  const [left, setLeft] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const copy = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => copy.current?.focus(), []);
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true, disabled: saved || left });
  const leave = () => {
    setLeft(true);
    onLeave();
  };
  const save = (how: () => void) => () => {
    how();
    setSaved(true);
  };
  return (
    <>
      <DialogBody>
        <p>
          Each code signs you in once when your phone isn't at hand. Keep them where you keep your passwords, or print
          them.
        </p>
        <Notice tone="warn">
          <p>This is the only time you'll see them. We store digests, so nobody can show them again, not even us.</p>
        </Notice>
        <ol className="code recovery-codes" ref={list} onCopy={() => setSaved(true)} aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className="row">
          <CopyButton
            ref={copy}
            tone="primary"
            label="Copy codes"
            text={codes.join('\n')}
            shownIn={list}
            onCopied={() => setSaved(true)}
          />
          <Button onClick={save(() => download(codes))}>Download codes</Button>
          <Button onClick={save(print)}>Print codes</Button>
        </div>
        {asked && !saved && (
          <Notice tone="danger" role="alert">
            <p>You haven't saved the codes. Without them, a lost phone means asking an admin.</p>
          </Notice>
        )}
      </DialogBody>
      <DialogActs>
        <Button onClick={() => (saved || asked ? leave() : setAsked(true))}>
          {asked && !saved ? 'Leave without them' : 'Done'}
        </Button>
      </DialogActs>
    </>
  );
}
