import type { ReactNode } from 'react';

import { Page } from '../../ui/page.tsx';

export function AllKeysPage(): ReactNode {
  return <Page title="API keys">{null}</Page>;
}
