import { getRouteApi } from '@tanstack/react-router';
import { useCallback, type ReactNode } from 'react';

import { KeysPage } from './keys-page.tsx';
import type { KeysSearch } from './keys-search.ts';

const route = getRouteApi('/account/api-keys');

export function OwnKeysPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (next: Partial<KeysSearch>) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  return (
    <KeysPage
      title="My API keys"
      lead="For programs that act for you. A key can do no more than you can."
      owner="me"
      search={search}
      onSearch={change}
      empty={{
        title: 'No API keys yet',
        words: 'A key lets a program act for you without your password. Make one for each place where it runs.',
      }}
    />
  );
}
