import type { ApiKey, UsageRange } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Card, Page } from '../../ui/page.tsx';
import { Requested } from '../../ui/requested.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useHandsOff, useRotateOff } from '../api-keys/key-menu.tsx';
import { useKeyActs } from '../api-keys/use-key-acts.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { AbilitiesCard } from './abilities-card.tsx';
import { AboutKeyCard } from './about-key-card.tsx';
import { KeyLimitsCard } from './key-limits-card.tsx';
import { RevokeCard } from './revoke-card.tsx';
import { SourcesCard } from './sources-card.tsx';
import { UsageCard } from './usage-card.tsx';
import { USUAL_RANGE, type UsageSearch } from './usage-search.ts';

const consoleRoute = getRouteApi('/console/api-keys/$id');
const accountRoute = getRouteApi('/account/api-keys/$id');

export function ConsoleKeyPage(): ReactNode {
  const { id } = consoleRoute.useParams();
  const { range } = consoleRoute.useSearch();
  const navigate = consoleRoute.useNavigate();
  return (
    <KeyPage
      id={id}
      range={range}
      onRange={(search) => void navigate({ search, replace: true })}
      back={<Link to="/console/api-keys">See all API keys</Link>}
    />
  );
}

export function OwnKeyPage(): ReactNode {
  const { id } = accountRoute.useParams();
  const { range } = accountRoute.useSearch();
  const navigate = accountRoute.useNavigate();
  return (
    <KeyPage
      id={id}
      range={range}
      onRange={(search) => void navigate({ search, replace: true })}
      back={<Link to="/account/api-keys">See your API keys</Link>}
    />
  );
}

type KeyPageProps = {
  id: string;
  range: UsageRange | undefined;
  onRange: (search: UsageSearch) => void;
  back: ReactNode;
};

function KeyPage(props: KeyPageProps): ReactNode {
  return (
    <PageWith asked="apiKeys.get" title="API key">
      <RequestedKey {...props} />
    </PageWith>
  );
}

function RequestedKey({ id, range = USUAL_RANGE, onRange, back }: KeyPageProps): ReactNode {
  const key = trpc.apiKeys.get.useQuery({ id });
  return (
    <Requested
      query={key}
      noun="API key"
      why="The address may be cut short, or from another server."
      back={back}
      skeleton={<KeySkeleton />}
    >
      {(apiKey) => <Key key={id} apiKey={apiKey} range={range} onRange={(next) => onRange({ range: next })} />}
    </Requested>
  );
}

function KeySkeleton(): ReactNode {
  return [1, 3, 2, 5].map((rows, card) => (
    <Card key={card}>
      <SkeletonRows rows={rows} label="Loading" />
    </Card>
  ));
}

type KeyProps = { apiKey: ApiKey; range: UsageRange; onRange: (range: UsageRange) => void };

function Key({ apiKey, range, onRange }: KeyProps): ReactNode {
  const acts = useKeyActs();
  const cantUpdate = useHandsOff(apiKey, 'apiKeys.update');
  const cantRotate = useRotateOff(apiKey);
  const cantRevoke = useHandsOff(apiKey, 'apiKeys.revoke');
  const act = (what: Parameters<typeof acts.act>[0]) => acts.act(what, apiKey);
  return (
    <Page title={apiKey.name} lead={`API key of ${apiKey.ownerName}`}>
      <AboutKeyCard apiKey={apiKey} cantRotate={cantRotate} cantRename={cantUpdate} onAct={act} />
      <AbilitiesCard apiKey={apiKey} offBecause={cantUpdate} />
      <KeyLimitsCard apiKey={apiKey} offBecause={cantUpdate} onChange={() => act('limits')} />
      <UsageCard id={apiKey.id} range={range} onRange={onRange} />
      <SourcesCard apiKey={apiKey} />
      <RevokeCard apiKey={apiKey} offBecause={cantRevoke} onRevoke={() => act('revoke')} />
      {acts.dialogs}
    </Page>
  );
}
