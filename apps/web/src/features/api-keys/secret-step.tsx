import type { ApiKey } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Copyable, OnceShown } from './once-shown.tsx';

const ASK_EVERY_MS = 2000;

export type NewSecret = { apiKey: ApiKey; secret: string };

type SecretStepProps = NewSecret & { onLeave: () => void };

/** A key's text, ready for where it is going to be used. */
export function SecretStep({ apiKey, secret, onLeave }: SecretStepProps): ReactNode {
  const keyText = useRef<HTMLElement>(null);
  return (
    <OnceShown
      secret={secret}
      shownIn={keyText}
      lossWords="You haven't copied the key. Without it, you would have to rotate the key to get a new one."
      onLeave={onLeave}
    >
      {(onCopied) => (
        <>
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
        </>
      )}
    </OnceShown>
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
