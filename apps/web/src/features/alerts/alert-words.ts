import { ALERTS, type Alert } from '@latchkey/schemas';

import type { BadgeTone } from '../../ui/badge.tsx';

export const titleOf = ({ code }: Alert): string => ALERTS[code].title;

export const STATUS_WORDS: Record<Alert['status'], { label: string; tone: BadgeTone }> = {
  open: { label: 'Open', tone: 'danger' },
  acknowledged: { label: 'Acknowledged', tone: 'plain' },
  dismissed: { label: 'Dismissed', tone: 'plain' },
};
