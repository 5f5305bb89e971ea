import type { ReactNode } from 'react';

import { Notice } from '../../ui/notice.tsx';

/** Said beforehand: whoever alone runs the server, and can't reach its files, would be locked out for good. */
export function WayBackKept(): ReactNode {
  return (
    <Notice tone="warn">
      <p>
        This server sends no mail yet: the link to come back will be a file in <code>outbox</code> in its data folder.
        Go on only if somebody can reach it there.
      </p>
    </Notice>
  );
}
