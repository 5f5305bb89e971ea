import type { Resource } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Requested } from '../../ui/requested.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { RemoveResourceCard } from './remove-resource-card.tsx';

const ResourceDialog = lazyDialog(async () => (await import('./resource-dialog.tsx')).ResourceDialog);

const route = getRouteApi('/console/resources/$id');

export function ResourcePage(): ReactNode {
  return (
    <PageWith asked="resources.get" title="Resource">
      <RequestedResource />
    </PageWith>
  );
}

function RequestedResource(): ReactNode {
  const { id } = route.useParams();
  const resource = trpc.resources.get.useQuery({ id });
  return (
    <Requested
      query={resource}
      noun="resource"
      why="It may have been removed, or be on another server."
      back={<Link to="/console/resources">See all resources</Link>}
    >
      {(data) => <ResourceShown key={data.id} resource={data} />}
    </Requested>
  );
}

function ResourceShown({ resource }: { resource: Resource }): ReactNode {
  const missing = useOffBecause('resources.update');
  const offBecause = resource.builtIn ? "Latchkey's own permissions come with it." : missing;
  const [editing, setEditing] = useState(false);
  return (
    <Page
      title={resource.name}
      lead={
        <>
          Tokens for it name <code>{resource.audience}</code> as their audience.
        </>
      }
      action={
        <GuardedButton tone="primary" offBecause={offBecause} onClick={() => setEditing(true)}>
          Edit resource
        </GuardedButton>
      }
    >
      <Card title="Permissions" lead="Roles and keys can be given these.">
        <Permissions permissions={resource.permissions} />
      </Card>
      {!resource.builtIn && <RemoveResourceCard resource={resource} offBecause={offBecause} />}
      <ResourceDialog open={editing} resource={resource} onClose={() => setEditing(false)} />
    </Page>
  );
}

function Permissions({ permissions }: Pick<Resource, 'permissions'>): ReactNode {
  if (permissions.length === 0) return <p className="soft">It brings none yet. Edit it to add some.</p>;
  return (
    <ul className="sentences">
      {permissions.map(({ name, description }) => (
        <li key={name}>
          {description} <code>{name}</code>
        </li>
      ))}
    </ul>
  );
}
