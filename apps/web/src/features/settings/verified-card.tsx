import type { ReactNode } from 'react';

import { SwitchCard } from './switch-card.tsx';

/** Whether somebody may sign in whose address nobody has proved. */
export function VerifiedCard(): ReactNode {
  return (
    <SwitchCard
      title="Sign-in"
      setting="verifiedOnly"
      label="Verified addresses only"
      on={{
        hint: 'Whoever signs in with an address that isn’t verified first needs the link in a message to it. Sessions that are there go on.',
        done: 'Only people with a verified address can sign in.',
      }}
      off={{
        hint: 'People can sign in before they have verified their email address.',
        done: 'People can sign in before they verify their address.',
      }}
    />
  );
}
