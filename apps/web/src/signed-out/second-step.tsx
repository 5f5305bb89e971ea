import type { NextStep } from '@latchkey/schemas';
import { lazy, Suspense, type ReactNode } from 'react';

import { FrameSkeleton } from './frame.tsx';

const SecondFactorPage = lazy(async () => ({
  default: (await import('./second-factor-page.tsx')).SecondFactorPage,
}));

const EnrolmentPage = lazy(async () => ({ default: (await import('./enrolment-page.tsx')).EnrolmentPage }));

/** After the first step of a sign-in. Most people never load it. */
export function SecondStep({ needed }: { needed: NextStep }): ReactNode {
  return (
    <Suspense fallback={<FrameSkeleton title="One more step" />}>
      {needed.next === 'second_factor' ? <SecondFactorPage needed={needed} /> : <EnrolmentPage />}
    </Suspense>
  );
}
