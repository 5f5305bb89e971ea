import type { User } from '@latchkey/schemas';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact } from '../../ui/fact.tsx';
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
  /** Further facts. */
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
        <Fact name="Status">
          <StatusBadge status={account.status} />
        </Fact>
        <Fact name="Roles">
          <RoleBadges roles={account.roles} />
        </Fact>
        {children}
        <Fact name="Added">
          <RelativeTime atMs={account.createdAtMs} />
        </Fact>
        <Fact name="Id">
          <code className="mono" ref={id}>
            {account.id}
          </code>
        </Fact>
      </dl>
    </Card>
  );
}
