import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Fact } from '../../ui/fact.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { AccessLink } from '../accounts/access-link.tsx';
import { OVER, type KeyAct } from '../api-keys/key-menu.tsx';
import { KeyStatus } from '../api-keys/key-status.tsx';

type AboutKeyCardProps = {
  apiKey: ApiKey;
  cantRotate: string | undefined;
  cantRename: string | undefined;
  onAct: (act: KeyAct) => void;
};

export function AboutKeyCard({ apiKey, cantRotate, cantRename, onAct }: AboutKeyCardProps): ReactNode {
  return (
    <Card
      foot={
        <div className="row">
          <GuardedButton size="small" offBecause={cantRotate ?? OVER[apiKey.status]} onClick={() => onAct('rotate')}>
            Rotate key
          </GuardedButton>
          <GuardedButton size="small" offBecause={cantRename} onClick={() => onAct('rename')}>
            Rename key
          </GuardedButton>
          <AccessLink of={{ apiKeyId: apiKey.id }}>What can it call?</AccessLink>
        </div>
      }
    >
      <h2 className="visually-hidden">About</h2>
      <dl className="account-facts">
        <Fact name="Status">
          <KeyStatus apiKey={apiKey} />
        </Fact>
        <Fact name="Starts with">
          <span className="mono">{apiKey.start}…</span>
        </Fact>
        <Fact name="Last used">
          <RelativeTime atMs={apiKey.lastUsedAtMs} />
        </Fact>
        <Fact name="Created">
          <RelativeTime atMs={apiKey.createdAtMs} />
        </Fact>
        <Fact name="Secret rotated">
          <RelativeTime atMs={apiKey.rotatedAtMs} />
        </Fact>
      </dl>
    </Card>
  );
}
