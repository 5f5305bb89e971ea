import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useMay } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { ExpiringKeys } from './expiring-keys.tsx';
import { FirstSteps } from './first-steps.tsx';
import { NewestEntries } from './newest-entries.tsx';

/** What needs a look, before anything else. */
export function ConsoleHome(): ReactNode {
  const may = useMay();
  const [keys, entries] = [may('all_api_keys:read'), may('audit.list')];
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
