import type { ApiKey } from '@latchkey/schemas';
import { useBlocker } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Tabs } from '../../ui/tabs.tsx';

const ASK_EVERY_MS = 2000;

export type NewSecret = { apiKey: ApiKey; secret: string };

type SecretStepProps = NewSecret & { onLeave: () => void };

/** The one time that a key's text is shown. It ends by its buttons alone, so that a stray Escape loses nothing. */
export function SecretStep({ apiKey, secret, onLeave }: SecretStepProps): ReactNode {
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  const [left, setLeft] = useState(false);
  const keyText = useRef<HTMLElement>(null);
  const onCopied = () => setCopied(true);
  const leave = () => {
    setLeft(true);
    onLeave();
  };
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true, disabled: copied || left });
  return (
    <>
      <DialogBody>
        <Notice tone="warn">
          <p>This is the only time you'll see it. We store a hash, so nobody can show it again, not even us.</p>
        </Notice>
        <Tabs
          label="The key as"
          tabs={[
            {
              value: 'key',
              label: 'Key',
              panel: <Copyable text={secret} shownIn={keyText} onCopied={onCopied} takesFocus />,
            },
            {
              value: 'env',
              label: '.env',
              panel: <Copyable text={`LATCHKEY_API_KEY=${secret}`} onCopied={onCopied} />,
            },
            {
              value: 'curl',
              label: 'curl',
              panel: <CurlPanel apiKey={apiKey} secret={secret} onCopied={onCopied} />,
            },
          ]}
        />
        {asked && (
          <Notice tone="danger" role="alert">
            <p>You haven't copied the key. Without it, you would have to rotate the key to get a new one.</p>
          </Notice>
        )}
      </DialogBody>
      <DialogActs>
        {asked ? (
          <LeaveActs secret={secret} shownIn={keyText} onLeave={leave} />
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

function Copyable({ text, onCopied, shownIn, takesFocus = false }: CopyableProps): ReactNode {
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

function CurlPanel({ apiKey, secret, onCopied }: NewSecret & { onCopied: () => void }): ReactNode {
  const command = `curl -H "X-API-Key: ${secret}" ${location.origin}/api/v1/me`;
  return (
    <div className="stack" data-gap="small">
      <Copyable text={command} onCopied={onCopied} />
      <FirstUse apiKey={apiKey} />
    </div>
  );
}

/** Waits for the command to be run, and says that it worked. */
function FirstUse({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const now = trpc.apiKeys.get.useQuery({ id: apiKey.id }, { refetchInterval: ASK_EVERY_MS, gcTime: 0 });
  const usedAtMs = now.data?.lastUsedAtMs ?? null;
  const works = usedAtMs !== null && usedAtMs >= (apiKey.rotatedAtMs ?? apiKey.createdAtMs);
  return (
    <p role="status" className={works ? 'works' : 'soft small'}>
      {works ? (
        <>
          It works. Used <RelativeTime atMs={usedAtMs} />.
        </>
      ) : (
        'Run it in a terminal. This page is waiting for the first request.'
      )}
    </p>
  );
}
