import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Badge, type BadgeTone } from '../../ui/badge.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

const LOOKS: Record<ApiKey['status'], { words: string; tone: BadgeTone }> = {
  active: { words: 'Active', tone: 'good' },
  expired: { words: 'Expired', tone: 'warn' },
  revoked: { words: 'Revoked', tone: 'plain' },
  disabled: { words: 'Owner disabled', tone: 'danger' },
};

export const STATUS_FILTERS = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'Active' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
  { value: 'disabled', label: 'Owner disabled' },
] as const;

export function KeyStatus({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { words, tone } = LOOKS[apiKey.status];
  return (
    <>
      <Badge tone={tone} dot>
        {words}
      </Badge>
      {apiKey.previousSecretUntilMs !== null && apiKey.status === 'active' && (
        <span className="cell-sub">
          Old secret ends <RelativeTime atMs={apiKey.previousSecretUntilMs} />
        </span>
      )}
    </>
  );
}
