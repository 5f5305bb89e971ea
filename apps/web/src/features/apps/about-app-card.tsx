import type { App } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact } from '../../ui/fact.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../accounts/status-badge.tsx';
import { isForPeople } from './app-words.ts';

export function AboutAppCard({ app }: { app: App }): ReactNode {
  const id = useRef<HTMLElement>(null);
  return (
    <Card
      foot={
        <div className="row">
          <CopyButton text={app.id} shownIn={id} label="Copy client id" size="small" />
        </div>
      }
    >
      <h2 className="visually-hidden">About</h2>
      <dl className="account-facts">
        <Fact name="Status">
          <StatusBadge status={app.status} />
        </Fact>
        {isForPeople(app.grants) && <Fact name="Our own app">{app.firstParty ? 'Yes' : 'No'}</Fact>}
        <Fact name="Last used">
          <RelativeTime atMs={app.lastUsedAtMs} />
        </Fact>
        <Fact name="Created">
          <RelativeTime atMs={app.createdAtMs} />
        </Fact>
        <Fact name="Client id">
          <code className="mono" ref={id}>
            {app.id}
          </code>
        </Fact>
      </dl>
    </Card>
  );
}
