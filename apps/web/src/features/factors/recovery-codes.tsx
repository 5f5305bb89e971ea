import { useRef, type ReactNode, type Ref } from 'react';

import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { saveFile } from '../../ui/save-file.ts';

const FILE_NAME = 'latchkey-recovery-codes.txt';

function download(codes: readonly string[]): void {
  const text = `Recovery codes for ${location.host}. Each works once.\n\n${codes.join('\n')}\n`;
  saveFile(FILE_NAME, 'text/plain', [text]);
}

export function NotSaved(): ReactNode {
  return (
    <Notice tone="danger" role="alert">
      <p>You haven't saved the codes. Without them, a lost phone means asking an admin.</p>
    </Notice>
  );
}

type RecoveryCodesProps = { codes: readonly string[]; onSaved: () => void; copy?: Ref<HTMLButtonElement> };

/** The one time that the codes are shown, and the ways to keep them. `copy` is the first of these. */
export function RecoveryCodes({ codes, onSaved, copy }: RecoveryCodesProps): ReactNode {
  const list = useRef<HTMLOListElement>(null);
  const save = (how: () => void) => () => {
    how();
    onSaved();
  };
  return (
    <>
      <Notice tone="warn">
        <p>This is the only time you'll see them. We store digests, so nobody can show them again, not even us.</p>
      </Notice>
      <ol className="code recovery-codes" ref={list} onCopy={onSaved} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="row">
        <CopyButton
          {...(copy && { ref: copy })}
          tone="primary"
          label="Copy codes"
          text={codes.join('\n')}
          shownIn={list}
          onCopied={onSaved}
        />
        <Button onClick={save(() => download(codes))}>Download codes</Button>
        <Button onClick={save(print)}>Print codes</Button>
      </div>
    </>
  );
}
