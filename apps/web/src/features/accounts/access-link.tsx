import type { AccountId, ApiKeyId } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useCan } from '../../rpc/me.tsx';

type AccessLinkProps = {
  /** Of one account or of one key. */
  of: { accountId: AccountId } | { apiKeyId: ApiKeyId };
  children: ReactNode;
};

/** To the access matrix, narrowed to one, for those who may see it. */
export function AccessLink({ of, children }: AccessLinkProps): ReactNode {
  const mayRead = useCan('accessMatrix.get');
  const search = { q: undefined, accountId: undefined, apiKeyId: undefined, ...of };
  return (
    mayRead && (
      <Link className="button" data-tone="plain" data-size="small" to="/console/access" search={search}>
        {children}
      </Link>
    )
  );
}
