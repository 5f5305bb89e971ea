import { useRef, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

/** Where the server says that it is. */
export function AddressCard(): ReactNode {
  const info = trpc.server.info.useQuery();
  return (
    <Card
      title="Public address"
      lead={
        <>
          Links in mail lead here, and access tokens name it as their issuer. It is set by <code>LATCHKEY_URL</code>{' '}
          when the server starts.
        </>
      }
    >
      <Loaded query={info} failed="The address can't be shown" skeleton={<SkeletonRows rows={1} label="Loading" />}>
        {({ url }) => <Address url={url} />}
      </Loaded>
      <p>
        Programs call the REST interface there. <a href="/docs">See what it can do</a>.
      </p>
    </Card>
  );
}

function Address({ url }: { url: string }): ReactNode {
  const text = useRef<HTMLElement>(null);
  return (
    <div className="row">
      <code className="code" ref={text}>
        {url}
      </code>
      <CopyButton text={url} shownIn={text} label="Copy address" />
    </div>
  );
}
