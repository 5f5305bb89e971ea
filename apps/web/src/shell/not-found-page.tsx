import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { EmptyState } from '../ui/state.tsx';

export function NotFoundPage(): ReactNode {
  return (
    <EmptyState icon="search" title="There is no page here" action={<Link to="/">Go to the first page</Link>}>
      The address is mistyped, or the page was moved.
    </EmptyState>
  );
}
