import { Link, Navigate, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Notice } from '../ui/notice.tsx';
import { clockWords, dayWords } from '../words/time-words.ts';

const SECURITY = '/account/security';

/** On every page of somebody who lacks the second factor that a role wants. Once it is due, there is one page left. */
export function FactorNotice({ dueAtMs }: { dueAtMs: number }): ReactNode {
  const { pathname } = useLocation();
  const isDue = dueAtMs <= Date.now();
  if (isDue && pathname !== SECURITY) return <Navigate to={SECURITY} replace />;
  return (
    <Notice tone="warn">
      <p>
        {isDue
          ? 'A role of yours needs a second factor. Add a passkey or an authenticator app to go on.'
          : `From ${dayWords(dueAtMs)}, ${clockWords(dueAtMs)} on, a role of yours needs a second factor.`}{' '}
        {pathname !== SECURITY && <Link to={SECURITY}>Set one up now</Link>}
      </p>
    </Notice>
  );
}
