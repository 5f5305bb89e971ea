import type { ReactNode } from 'react';

import { Badge } from '../../ui/badge.tsx';

export function RoleBadges({ roles }: { roles: readonly string[] }): ReactNode {
  if (roles.length === 0) return <span className="soft">No role</span>;
  return (
    <span className="badges">
      {roles.map((name) => (
        <Badge key={name} tone={name === 'admin' ? 'accent' : 'plain'}>
          {name}
        </Badge>
      ))}
    </span>
  );
}
