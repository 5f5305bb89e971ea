import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/state.tsx';

/** For a page that broke, or whose code can't be fetched because a newer version was started meanwhile. */
export function WentWrongPage(): ReactNode {
  return (
    <EmptyState
      icon="alert"
      title="This page can't be shown"
      action={<Button onClick={() => location.reload()}>Load the page again</Button>}
    >
      It failed here, or the server was updated meanwhile. Loading it again is safe.
    </EmptyState>
  );
}
