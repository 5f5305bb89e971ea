import type { ReactNode } from 'react';

import { Page } from '../../ui/page.tsx';

export function OwnKeysPage(): ReactNode {
  return <Page title="My API keys">{null}</Page>;
}
