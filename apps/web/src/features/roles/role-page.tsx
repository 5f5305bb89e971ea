import type { Role } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useHolds, useOffBecause } from '../../rpc/me.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Requested } from '../../ui/requested.tsx';
import { useCatalogue } from './catalogue.ts';
import { permissionGroups } from './permission-groups.ts';
import { namesWords } from './preview-words.ts';
import { RemoveRoleCard } from './remove-role-card.tsx';
import { RoleHolders } from './role-holders.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { PageWith } from './with-permission.tsx';

const EditRoleDialog = lazyDialog(async () => (await import('./edit-role-dialog.tsx')).EditRoleDialog);

const route = getRouteApi('/console/roles/$name');

export function RolePage(): ReactNode {
  return (
    <PageWith asked="roles.get" title="Role">
      <RequestedRole />
    </PageWith>
  );
}

function RequestedRole(): ReactNode {
  const { name } = route.useParams();
  const role = trpc.roles.get.useQuery({ name });
  return (
    <Requested
      query={role}
      noun="role"
      why="It may have been removed, or have another name."
      back={<Link to="/console/roles">See all roles</Link>}
    >
      {(data) => <RoleShown key={data.name} role={data} />}
    </Requested>
  );
}

/** Why nothing of the role can be changed, or undefined where something can. */
function useWhyFixed({ permissions }: Role): string | undefined {
  const holds = useHolds();
  const offBecause = useOffBecause('roles.update');
  const missing = permissions.filter((each) => !holds(each));
  if (missing.length > 0) return `This role allows what you can't do yourself: ${namesWords(missing)}.`;
  return offBecause;
}

const BUILT_IN = 'Built-in roles allow what they allow. Create a role of your own instead.';

function RoleShown({ role }: { role: Role }): ReactNode {
  const offBecause = useWhyFixed(role);
  const [editing, setEditing] = useState(false);
  const edit = (
    <GuardedButton tone="primary" offBecause={role.builtIn ? BUILT_IN : offBecause} onClick={() => setEditing(true)}>
      Edit role
    </GuardedButton>
  );
  return (
    <Page title={role.name} lead={role.description} action={edit}>
      <Card title="What it allows">
        <AllowedSentences role={role} />
      </Card>
      <SecondFactorCard role={role} offBecause={offBecause} />
      <RoleHolders name={role.name} />
      {!role.builtIn && <RemoveRoleCard role={role} offBecause={offBecause} />}
      <EditRoleDialog open={editing} role={role} onClose={() => setEditing(false)} />
    </Page>
  );
}

function AllowedSentences({ role }: { role: Role }): ReactNode {
  const held = new Set(role.permissions);
  const groups = permissionGroups(useCatalogue(), ({ name }) => held.has(name));
  if (groups.length === 0) return <p className="soft">Nothing but one’s own account.</p>;
  return (
    <div className="permission-groups">
      {groups.map(({ title, permissions }) => (
        <section key={permissions[0]?.name}>
          <h3>{title}</h3>
          <ul className="sentences">
            {permissions.map(({ name, description }) => (
              <li key={name}>
                {description} <code>{name}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
