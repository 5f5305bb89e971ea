import type { User } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { GuardedButton } from '../../ui/tooltip.tsx';
import { RoleBadges } from '../roles/role-badges.tsx';
import { StatusBadge } from './status-badge.tsx';

type AboutCardProps = {
  account: Pick<User, 'id' | 'roles' | 'status' | 'createdAtMs'>;
  offBecause: string | undefined;
  onRename: () => void;
  onChangeRoles: () => void;
  /** Further facts: pairs of dt and dd. */
  children?: ReactNode;
};

export function AboutCard({ account, offBecause, onRename, onChangeRoles, children }: AboutCardProps): ReactNode {
  const id = useRef<HTMLElement>(null);
  return (
    <Card
      foot={
        <div className="row">
          <GuardedButton size="small" offBecause={offBecause} onClick={onChangeRoles}>
            Change roles
          </GuardedButton>
          <GuardedButton size="small" offBecause={offBecause} onClick={onRename}>
            Change name
          </GuardedButton>
        </div>
      }
    >
      <h2 className="visually-hidden">About</h2>
      <dl className="facts">
        <dt>Status</dt>
        <dd>
          <StatusBadge status={account.status} />
        </dd>
        <dt>Roles</dt>
        <dd>
          <RoleBadges roles={account.roles} />
        </dd>
        {children}
        <dt>Added</dt>
        <dd>
          <RelativeTime atMs={account.createdAtMs} />
        </dd>
        <dt>Id</dt>
        <dd className="row" data-gap="small">
          <code className="mono" ref={id}>
            {account.id}
          </code>
          <CopyButton text={account.id} shownIn={id} label="Copy id" size="small" tone="quiet" />
        </dd>
      </dl>
    </Card>
  );
}
