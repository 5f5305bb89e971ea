import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useMay } from '../rpc/me.tsx';
import { ACCOUNT_PLACES, CONSOLE_PLACES, openPlaces } from './places.ts';

/** The first page that one may open: the console's for those who have one. */
export function Home(): ReactNode {
  const [first] = openPlaces([...CONSOLE_PLACES, ...ACCOUNT_PLACES.toReversed()], useMay());
  return <Navigate to={first?.to ?? '/account/profile'} replace />;
}
