import type { App } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Card } from '../../ui/page.tsx';

export function AddressesCard({ app }: { app: App }): ReactNode {
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri } = app;
  return (
    <Card title="Addresses" lead="Where people are sent back to, and who is told when they sign out.">
      <dl className="facts">
        <dt>Redirect addresses</dt>
        <Addresses of={redirectUris} />
        <dt>After sign-out</dt>
        <Addresses of={postLogoutRedirectUris} />
        <dt>Sign-out notices</dt>
        <Addresses of={backchannelLogoutUri === null ? [] : [backchannelLogoutUri]} />
      </dl>
    </Card>
  );
}

function Addresses({ of: addresses }: { of: readonly string[] }): ReactNode {
  return (
    <dd>
      {addresses.length === 0 && <span className="soft">None</span>}
      <ul className="plain-list" role="list">
        {addresses.map((address) => (
          <li className="mono" key={address}>
            {address}
          </li>
        ))}
      </ul>
    </dd>
  );
}
