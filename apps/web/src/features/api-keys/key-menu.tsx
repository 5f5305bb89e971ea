import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useMe, useOffBecause, type Asked } from '../../rpc/me.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';

export type KeyAct = 'rotate' | 'rename' | 'limits' | 'revoke';

/** Why most acts come too late. */
export const OVER: Partial<Record<ApiKey['status'], string>> = {
  revoked: 'The key is revoked.',
  expired: 'The key has expired.',
};

/** Why the reader can't do this to the key, or undefined when they can. */
export function useHandsOff(apiKey: ApiKey, asked: Asked): string | undefined {
  const own = useMe().id === apiKey.accountId;
  const offBecause = useOffBecause(asked);
  const othersOff = useOffBecause('all_api_keys:write');
  return offBecause ?? (own ? undefined : othersOff);
}

/** The same of rotating it, after which whoever did holds a secret that acts as the owner. */
export function useRotateOff(apiKey: ApiKey): string | undefined {
  const own = useMe().id === apiKey.accountId;
  const handsOff = useHandsOff(apiKey, 'apiKeys.rotate');
  const ofSomebody = !own && apiKey.ownerKind === 'person';
  return handsOff ?? (ofSomebody ? 'Only its owner can rotate it, since whoever does sees its secret.' : undefined);
}

export function KeyMenu({ apiKey, onAct }: { apiKey: ApiKey; onAct: (act: KeyAct) => void }): ReactNode {
  const cantRotate = useRotateOff(apiKey);
  const cantUpdate = useHandsOff(apiKey, 'apiKeys.update');
  const cantRevoke = useHandsOff(apiKey, 'apiKeys.revoke');
  const over = OVER[apiKey.status];
  const items: MenuItem[] = [
    { label: 'Rotate key', onSelect: () => onAct('rotate'), offBecause: cantRotate ?? over },
    { label: 'Change limits', onSelect: () => onAct('limits'), offBecause: cantUpdate ?? over },
    { label: 'Rename key', onSelect: () => onAct('rename'), offBecause: cantUpdate },
    'line',
    {
      label: 'Revoke key',
      onSelect: () => onAct('revoke'),
      offBecause: cantRevoke ?? (apiKey.status === 'revoked' ? over : undefined),
    },
  ];
  return <Menu label={`Actions for ${apiKey.name}`} items={items} />;
}
