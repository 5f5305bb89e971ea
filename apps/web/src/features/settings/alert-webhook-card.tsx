import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

/** Where programs hear of alerts. */
export function AlertWebhookCard(): ReactNode {
  const webhook = trpc.settings.alertWebhook.useQuery();
  return (
    <Card title="Alert webhook" lead="Where alerts go besides the console and the admins’ mail, as signed events.">
      <Loaded
        query={webhook}
        failed="Whether alerts go to a webhook can't be shown"
        skeleton={<SkeletonRows rows={1} label="Loading" />}
      >
        {({ host }) => (host === null ? <Nowhere /> : <Told host={host} />)}
      </Loaded>
    </Card>
  );
}

function Told({ host }: { host: string }): ReactNode {
  return (
    <p>
      They go to <code>{host}</code>, at the address that <code>LATCHKEY_ALERT_WEBHOOK_URL</code> names. To try it, run{' '}
      <code>latchkey webhook test</code> on the server.
    </p>
  );
}

function Nowhere(): ReactNode {
  return (
    <p>
      They go to no webhook. To send them to one, set <code>LATCHKEY_ALERT_WEBHOOK_URL</code> and{' '}
      <code>LATCHKEY_ALERT_WEBHOOK_SECRET</code> and start the server again.
    </p>
  );
}
