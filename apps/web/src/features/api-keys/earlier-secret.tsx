import type { ReactNode } from 'react';

import { Notice } from '../../ui/notice.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';

/** Whoever rotates again within the grace of a rotation cuts that grace short: one earlier secret is kept, not two. */
export function EarlierSecret({ untilMs }: { untilMs: number | null }): ReactNode {
  if (untilMs === null) return null;
  return (
    <Notice tone="warn">
      <p>
        The secret from before the last rotation works until <ExactTime atMs={untilMs} />. Rotating again ends it at
        once.
      </p>
    </Notice>
  );
}
