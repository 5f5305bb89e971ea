import { useEffect, useState, type ReactNode, type Ref, type RefObject } from 'react';

import { Button, type ButtonProps } from './button.tsx';

const COPIED_FOR_MS = 2500;
const COPY_KEYS = /Mac|iP(?:hone|ad)/.test(globalThis.navigator?.userAgent ?? '') ? '⌘ C' : 'Ctrl C';

export type CopyButtonProps = {
  text: string;
  /** The element that shows the text. It is selected when the clipboard is refused. */
  shownIn: RefObject<HTMLElement | null>;
  label?: string;
  tone?: ButtonProps['tone'];
  size?: ButtonProps['size'];
  onCopied?: () => void;
  ref?: Ref<HTMLButtonElement>;
};

type Outcome = 'none' | 'copied' | 'refused';

async function write(text: string): Promise<boolean> {
  // Browsers refuse with a DOMException, or have no clipboard at all where the page isn't secure.
  return navigator.clipboard
    ? navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      )
    : false;
}

export function CopyButton(props: CopyButtonProps): ReactNode {
  const { text, shownIn, label = 'Copy', tone = 'plain', size = 'usual', onCopied, ref } = props;
  const [outcome, setOutcome] = useState<Outcome>('none');
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = setTimeout(() => setOutcome('none'), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    const done = await write(text);
    setOutcome(done ? 'copied' : 'refused');
    if (done) onCopied?.();
    else if (shownIn.current) getSelection()?.selectAllChildren(shownIn.current);
  };
  return (
    <>
      <Button tone={tone} size={size} onClick={() => void copy()} {...(ref && { ref })}>
        {outcome === 'copied' ? 'Copied' : label}
      </Button>
      <span className={outcome === 'refused' ? 'small' : 'visually-hidden'} role="status">
        {outcome === 'copied' && 'Copied to the clipboard.'}
        {outcome === 'refused' && `Press ${COPY_KEYS} to copy.`}
      </span>
    </>
  );
}
