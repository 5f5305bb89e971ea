import type { App } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Requested } from '../../ui/requested.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useLayer } from '../../ui/use-layer.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { AboutAppCard } from './about-app-card.tsx';
import { AddressesCard } from './addresses-card.tsx';
import { AppAbilitiesCard } from './app-abilities-card.tsx';
import type { AppLayer } from './app-acts.tsx';
import { ACTS, isForPeople, kindWords } from './app-words.ts';
import { SecretCard } from './secret-card.tsx';

const EditAppDialog = lazyDialog(async () => (await import('./edit-app-dialog.tsx')).EditAppDialog);
const AppActs = lazyDialog(async () => (await import('./app-acts.tsx')).AppActs);

const route = getRouteApi('/console/apps/$id');

export function AppPage(): ReactNode {
  return (
    <PageWith asked="apps.get" title="App">
      <RequestedApp />
    </PageWith>
  );
}

function RequestedApp(): ReactNode {
  const { id } = route.useParams();
  const app = trpc.apps.get.useQuery({ id });
  return (
    <Requested
      query={app}
      noun="app"
      why="The address may be cut short, or from another server."
      back={<Link to="/console/apps">See all apps</Link>}
      skeleton={<AppSkeleton />}
    >
      {(data) => <AppShown key={id} app={data} />}
    </Requested>
  );
}

function AppSkeleton(): ReactNode {
  return [2, 5, 3, 1, 1].map((rows, card) => (
    <Card key={card}>
      <SkeletonRows rows={rows} label="Loading" />
    </Card>
  ));
}

function AppShown({ app }: { app: App }): ReactNode {
  const offBecause = useOffBecause('apps.update');
  const [editing, setEditing] = useState(false);
  const layer: AppLayer = useLayer();
  return (
    <Page
      title={app.name}
      lead={kindWords(app.kind)}
      action={
        <GuardedButton tone="primary" offBecause={offBecause} onClick={() => setEditing(true)}>
          Edit app
        </GuardedButton>
      }
    >
      <AboutAppCard app={app} />
      <AppAbilitiesCard app={app} />
      {isForPeople(app.grants) && <AddressesCard app={app} />}
      <SecretCard app={app} onRotate={() => layer.show({ act: 'rotate', app })} />
      <StateCard app={app} offBecause={offBecause} onAsk={layer.show} />
      <EditAppDialog open={editing} app={app} onClose={() => setEditing(false)} />
      <AppActs {...layer} />
    </Page>
  );
}

type StateCardProps = { app: App; offBecause: string | undefined; onAsk: AppLayer['show'] };

function StateCard({ app, offBecause, onAsk }: StateCardProps): ReactNode {
  const act = app.status === 'active' ? 'disable' : 'enable';
  return (
    <Card
      title={app.status === 'active' ? 'Disable this app' : 'Enable this app'}
      lead={ACTS[act].effect}
      action={
        <GuardedButton offBecause={offBecause} onClick={() => onAsk({ act, app })}>
          {ACTS[act].act}
        </GuardedButton>
      }
    />
  );
}
