import type { ReactNode } from 'react';

import { Page } from '../../ui/page.tsx';

export function SecurityPage(): ReactNode {
  return <Page title="Security">{null}</Page>;
}
