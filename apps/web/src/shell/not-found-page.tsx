import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Page } from '../ui/page.tsx';

export function NotFoundPage(): ReactNode {
  return (
    <Page title="There is no page here" lead="The address is mistyped, or the page was moved.">
      <div className="row">
        <Link to="/">Go to the first page</Link>
      </div>
    </Page>
  );
}
