import type { User } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Badge } from '../../ui/badge.tsx';

const WORDS = { passkey: 'Passkey', totp: 'Authenticator app' } as const;

/** What the person is asked for besides the password. */
export function Factors({ of: { secondFactors, status } }: { of: User }): ReactNode {
  if (secondFactors.length === 0) return <Badge tone={status === 'active' ? 'warn' : 'plain'}>None</Badge>;
  return secondFactors.map((each) => WORDS[each]).join(', ');
}
