import type { ReactNode } from 'react';

import { Page } from '../../ui/page.tsx';

export function ProfilePage(): ReactNode {
  return <Page title="Profile">{null}</Page>;
}
