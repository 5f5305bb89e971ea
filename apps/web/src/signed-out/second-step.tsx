import type { SecondFactorNeeded } from '@latchkey/schemas';
import { lazy, Suspense, type ReactNode } from 'react';

import { FrameSkeleton } from './frame.tsx';

const SecondFactorPage = lazy(async () => ({
  default: (await import('./second-factor-page.tsx')).SecondFactorPage,
}));

/** After the first step of a sign-in. Most people never load it. */
export function SecondStep({ needed }: { needed: SecondFactorNeeded }): ReactNode {
  return (
    <Suspense fallback={<FrameSkeleton title="Confirm it's you" />}>
      <SecondFactorPage needed={needed} />
    </Suspense>
  );
}
