import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';

/** For a page that broke, or whose code can't be fetched because a newer version was started meanwhile. */
export function WentWrongPage(): ReactNode {
  return (
    <Page
      title="This page can't be shown"
      lead="It failed here, or the server was updated meanwhile. Loading it again is safe."
    >
      <div className="row">
        <Button onClick={() => location.reload()}>Load the page again</Button>
      </div>
    </Page>
  );
}
