import type { Confirmation } from '@latchkey/schemas';
import { lazy, Suspense, useState, type ReactNode } from 'react';

import { hasPasskeys } from '../passkeys/support.ts';
import { rpcClient, trpc } from '../rpc/client.ts';
import { ConfirmByText } from './confirm-by-text.tsx';

const ConfirmByPasskey = lazy(async () => ({ default: (await import('./confirm-by-passkey.tsx')).ConfirmByPasskey }));

/** By the passkey first where there is one: it takes a touch. */
function useWays() {
  const { data } = trpc.factors.security.useQuery();
  if (!data) return null;
  return [
    ...(data.passkeys.length > 0 && hasPasskeys() ? (['passkey'] as const) : []),
    'password' as const,
    ...(data.totp ? (['code'] as const) : []),
  ];
}

export function ConfirmForm({ onConfirmed, onLeave }: { onConfirmed: () => void; onLeave: () => void }): ReactNode {
  const ways = useWays() ?? ['password' as const];
  const [place, setPlace] = useState(0);
  const utils = trpc.useUtils();
  const way = ways[place % ways.length] ?? 'password';
  const send = async (given: Confirmation) => {
    await rpcClient.session.confirm.mutate(given);
    onConfirmed();
    await utils.sessions.invalidate();
  };
  const props = { send, onLeave, onOtherWay: ways.length > 1 ? () => setPlace(place + 1) : undefined };
  if (way !== 'passkey') return <ConfirmByText key={way} way={way} {...props} />;
  return (
    <Suspense fallback={null}>
      <ConfirmByPasskey {...props} />
    </Suspense>
  );
}
