import type { User } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { RoleBadges } from '../roles/role-badges.tsx';
import { AccessLink } from './access-link.tsx';
import { StatusBadge } from './status-badge.tsx';

type AboutCardProps = {
  account: Pick<User, 'id' | 'roles' | 'status' | 'createdAtMs'>;
  offBecause: string | undefined;
  onRename: () => void;
  onChangeRoles: () => void;
  /** Further facts: a dt and a dd in a div each. */
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
          <AccessLink of={{ accountId: account.id }}>What can they call?</AccessLink>
          <CopyButton text={account.id} shownIn={id} label="Copy id" size="small" />
        </div>
      }
    >
      <h2 className="visually-hidden">About</h2>
      <dl className="account-facts">
        <div>
          <dt>Status</dt>
          <dd>
            <StatusBadge status={account.status} />
          </dd>
        </div>
        <div>
          <dt>Roles</dt>
          <dd>
            <RoleBadges roles={account.roles} />
          </dd>
        </div>
        {children}
        <div>
          <dt>Added</dt>
          <dd>
            <RelativeTime atMs={account.createdAtMs} />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <code className="mono" ref={id}>
              {account.id}
            </code>
          </dd>
        </div>
      </dl>
    </Card>
  );
}
