import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

/** Whether what the pages promise by mail arrives. */
export function MailCard(): ReactNode {
  const info = trpc.server.info.useQuery();
  return (
    <Card
      title="Mail"
      lead="Invitations, links to verify an address or choose a new password, alerts, and reminders of keys that expire."
    >
      <Loaded
        query={info}
        failed="Whether mail goes out can't be shown"
        skeleton={<SkeletonRows rows={1} label="Loading" />}
      >
        {({ sendsMail }) => (sendsMail ? <Sent /> : <Kept />)}
      </Loaded>
    </Card>
  );
}

function Sent(): ReactNode {
  return (
    <p>
      It goes out through the mail server that <code>SMTP_URL</code> names, from the address in{' '}
      <code>LATCHKEY_MAIL_FROM</code>.
    </p>
  );
}

function Kept(): ReactNode {
  return (
    <Notice tone="warn">
      <p>
        This server sends no mail yet: each message is a file in <code>outbox</code> in its data folder. To send them,
        set <code>SMTP_URL</code> and start it again.
      </p>
    </Notice>
  );
}
