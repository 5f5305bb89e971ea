import type { ServiceAccount } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { rpcClient, trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { AboutCard } from '../accounts/about-card.tsx';
import { AccessCard } from '../accounts/access-card.tsx';
import { AccountActivity } from '../accounts/account-activity.tsx';
import { ServiceAccountKeys } from '../accounts/account-keys.tsx';
import { AccountLoaded } from '../accounts/account-loaded.tsx';
import { useAccountDialogs } from '../accounts/use-account-dialogs.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { useBeyondMe } from '../roles/roles.ts';

const route = getRouteApi('/console/service-accounts/$id');

const EFFECT = 'Disabling makes all its API keys fail at once, until somebody enables it again.';

export function ServiceAccountPage(): ReactNode {
  return (
    <PageWith asked="serviceAccounts.get" title="Service account">
      <RequestedAccount />
    </PageWith>
  );
}

function RequestedAccount(): ReactNode {
  const { id } = route.useParams();
  const account = trpc.serviceAccounts.get.useQuery({ id });
  return (
    <AccountLoaded
      query={account}
      noun="service account"
      back={<Link to="/console/service-accounts">See all service accounts</Link>}
    >
      {(data) => <Account key={id} account={data} />}
    </AccountLoaded>
  );
}

function useRefresh(): () => Promise<void> {
  const cache = trpc.useUtils();
  return async () => {
    await Promise.all([cache.serviceAccounts, cache.apiKeys, cache.audit].map((each) => each.invalidate()));
  };
}

function Account({ account }: { account: ServiceAccount }): ReactNode {
  const beyondMe = useBeyondMe(account.roles);
  const offBecause = useOffBecause('serviceAccounts.update') ?? beyondMe;
  const refresh = useRefresh();
  const change = trpc.serviceAccounts.update.useMutation({ onSuccess: refresh });
  const update = async (what: { name: string } | { roles: string[] }, done: string) => {
    await rpcClient.serviceAccounts.update.mutate({ id: account.id, ...what });
    await refresh();
    tell(done);
  };
  const { show, dialogs } = useAccountDialogs(account, update);
  return (
    <Page title={account.name} lead="Service account">
      <AboutCard
        account={account}
        offBecause={offBecause}
        onRename={() => show('name')}
        onChangeRoles={() => show('roles')}
      />
      <ServiceAccountKeys account={account} />
      <AccountActivity id={account.id} />
      <AccessCard account={account} noun="service account" change={change} effect={EFFECT} offBecause={offBecause} />
      {dialogs}
    </Page>
  );
}
