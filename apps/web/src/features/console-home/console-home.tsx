import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useMay } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { ExpiringKeys } from './expiring-keys.tsx';
import { FirstSteps } from './first-steps.tsx';
import { NewestEntries } from './newest-entries.tsx';
import { OpenAlerts } from './open-alerts.tsx';

/** What needs a look, before anything else. */
export function ConsoleHome(): ReactNode {
  const may = useMay();
  const [alerts, keys, entries] = [may('alerts.list'), may('all_api_keys:read'), may('audit.list')];
  // Nothing here is for them: their own first page is.
  if (!alerts && !keys && !entries) return <Navigate to="/" replace />;
  return (
    <Page title="Overview" lead="What needs a look on this server.">
      <FirstSteps />
      <div className="overview">
        {(alerts || keys) && (
          <div className="overview-urgent">
            {alerts && <OpenAlerts />}
            {keys && <ExpiringKeys />}
          </div>
        )}
        {entries && <NewestEntries />}
      </div>
    </Page>
  );
}
