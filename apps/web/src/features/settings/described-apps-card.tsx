import type { ReactNode } from 'react';

import { SettingSwitchCard } from './setting-switch.tsx';

const WORDS = {
  on: {
    consequence:
      'Apps that describe themselves at an address of their own can ask people for access, as AI tools do. People are warned.',
    told: 'Apps that nobody added can ask people.',
  },
  off: {
    consequence:
      'Only apps that were added here can ask people for access. Others can’t renew what people allowed them.',
    told: 'Apps that nobody added are refused.',
  },
};

/** Whether apps may ask that nobody made here. */
export function DescribedAppsCard(): ReactNode {
  return (
    <SettingSwitchCard
      name="describedAppsAllowed"
      title="Apps that nobody added"
      label="Let apps describe themselves"
      words={WORDS}
    />
  );
}
