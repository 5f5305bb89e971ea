import type { ReactNode } from 'react';

import { SwitchCard } from './switch-card.tsx';

/** Whether apps may ask that nobody made here. */
export function DescribedAppsCard(): ReactNode {
  return (
    <SwitchCard
      title="Apps that nobody added"
      setting="describedAppsAllowed"
      label="Let apps describe themselves"
      on={{
        hint: 'Apps that describe themselves at an address of their own can ask people for access, as AI tools do. People are warned.',
        done: 'Apps that nobody added can ask people.',
      }}
      off={{
        hint: 'Only apps that were added here can ask people for access. Others can’t renew what people allowed them.',
        done: 'Apps that nobody added are refused.',
      }}
    />
  );
}
