import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

type RevokeCardProps = { apiKey: ApiKey; offBecause: string | undefined; onRevoke: () => void };

export function RevokeCard({ apiKey, offBecause, onRevoke }: RevokeCardProps): ReactNode {
  const { revokedAtMs } = apiKey;
  if (revokedAtMs !== null) {
    return (
      <Card title="Revoked" lead="Requests with it fail. It can't be brought back.">
        <p>
          It ended <RelativeTime atMs={revokedAtMs} />.
        </p>
      </Card>
    );
  }
  return (
    <Card
      title="Revoke"
      lead="Requests with it fail at once, and it can't be brought back."
      action={
        <GuardedButton offBecause={offBecause} onClick={onRevoke}>
          Revoke key
        </GuardedButton>
      }
    />
  );
}
