import type { ReactNode } from 'react';

import { Page } from '../../ui/page.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { AddressCard } from './address-card.tsx';
import { AlertWebhookCard } from './alert-webhook-card.tsx';
import { DescribedAppsCard } from './described-apps-card.tsx';
import { GuardedHostsCard } from './guarded-hosts-card.tsx';
import { MailCard } from './mail-card.tsx';
import { SigningKeysCard } from './signing-keys-card.tsx';
import { SignUpCard } from './sign-up-card.tsx';
import { VerifiedCard } from './verified-card.tsx';

/** What holds for everybody here. */
export function SettingsPage(): ReactNode {
  return (
    <PageWith asked="settings.get" title="Settings">
      <Page title="Settings" lead="What holds for everybody on this server.">
        <SignUpCard />
        <VerifiedCard />
        <MailCard />
        <AlertWebhookCard />
        <DescribedAppsCard />
        <GuardedHostsCard />
        <SigningKeysCard />
        <AddressCard />
      </Page>
    </PageWith>
  );
}
