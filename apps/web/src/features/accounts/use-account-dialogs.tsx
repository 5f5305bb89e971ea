import { lazy, Suspense, type ReactNode } from 'react';

import { useLayer, type Layer } from '../../ui/use-layer.ts';

const AccountDialogs = lazy(async () => ({ default: (await import('./account-dialogs.tsx')).AccountDialogs }));

type Account = { name: string; roles: readonly string[] };

/** Sends the change, then says the words. Throws what the server answers. */
type OnChange = (change: { name: string } | { roles: string[] }, done: string) => Promise<void>;

export type AccountDialogsProps = { layer: Layer<'name' | 'roles'>; account: Account; onChange: OnChange };

/** The dialogs for an account's name and roles; put `dialogs` once on the page. */
export function useAccountDialogs(
  account: Account,
  onChange: OnChange,
): { show: (subject: 'name' | 'roles') => void; dialogs: ReactNode } {
  const layer = useLayer<'name' | 'roles'>();
  return {
    show: layer.show,
    dialogs: layer.subject && (
      <Suspense fallback={null}>
        <AccountDialogs layer={layer} account={account} onChange={onChange} />
      </Suspense>
    ),
  };
}
