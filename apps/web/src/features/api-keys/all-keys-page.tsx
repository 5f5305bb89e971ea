import { getRouteApi } from '@tanstack/react-router';
import { useCallback, type ReactNode } from 'react';

import { KeysPage } from './keys-page.tsx';
import type { KeysSearch } from './keys-search.ts';

const route = getRouteApi('/console/api-keys');

export function AllKeysPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (next: Partial<KeysSearch>) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  return (
    <KeysPage
      title="API keys"
      lead="Everybody's keys, and those of service accounts."
      owner="anyone"
      search={search}
      onSearch={change}
      empty={{
        title: 'No API keys yet',
        words: 'Programs call with keys. Make one for a service account, so that it outlives the person who made it.',
      }}
    />
  );
}
