import type { ReactNode } from 'react';

import { SwitchCard } from './switch-card.tsx';

/** Whether strangers may make accounts. */
export function SignUpCard(): ReactNode {
  return (
    <SwitchCard
      title="Sign-up"
      setting="signUpOpen"
      label="Open sign-up"
      on={{
        hint: 'Anybody who can reach this server can make an account. It gets the role member: its own profile and API keys.',
        done: 'Sign-up is open.',
      }}
      off={{ hint: 'New people come in by invitation alone.', done: 'Sign-up is closed.' }}
    />
  );
}
