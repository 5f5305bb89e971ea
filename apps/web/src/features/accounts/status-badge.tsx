import type { User } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Badge, type BadgeTone } from '../../ui/badge.tsx';

type Status = User['status'];

export const STATUS_WORDS: Record<Status, string> = { active: 'Active', invited: 'Invited', disabled: 'Disabled' };
const TONES: Record<Status, BadgeTone> = { active: 'good', invited: 'warn', disabled: 'plain' };

export function StatusBadge({ status }: { status: Status }): ReactNode {
  return (
    <Badge tone={TONES[status]} dot>
      {STATUS_WORDS[status]}
    </Badge>
  );
}
