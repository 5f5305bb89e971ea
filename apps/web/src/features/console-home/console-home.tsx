import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useCan } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { ExpiringKeys } from './expiring-keys.tsx';
import { FirstSteps } from './first-steps.tsx';
import { NewestEntries } from './newest-entries.tsx';

/** What needs a look, before anything else. */
export function ConsoleHome(): ReactNode {
  const can = useCan();
  const [keys, entries] = [can('all_api_keys:read'), can('audit:read')];
  // Nothing here is for them: their own first page is.
  if (!keys && !entries) return <Navigate to="/" replace />;
  return (
    <Page title="Overview" lead="What needs a look on this server.">
      <FirstSteps />
      <div className="overview">
        {keys && <ExpiringKeys />}
        {entries && <NewestEntries />}
      </div>
    </Page>
  );
}
