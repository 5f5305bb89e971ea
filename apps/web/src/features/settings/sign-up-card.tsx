import type { ReactNode } from 'react';

import { SettingSwitchCard } from './setting-switch.tsx';

const WORDS = {
  on: {
    consequence:
      'Anybody who can reach this server can make an account. It gets the role member: its own profile and API keys.',
    told: 'Sign-up is open.',
  },
  off: { consequence: 'New people come in by invitation alone.', told: 'Sign-up is closed.' },
};

/** Whether strangers may make accounts. */
export function SignUpCard(): ReactNode {
  return <SettingSwitchCard name="signUpOpen" title="Sign-up" label="Open sign-up" words={WORDS} />;
}
