import type { ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useCan, useMe } from '../../rpc/me.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';

export type KeyAct = 'rotate' | 'rename' | 'limits' | 'revoke';

/** Why most acts come too late. */
export const OVER: Partial<Record<ApiKey['status'], string>> = {
  revoked: 'The key is revoked.',
  expired: 'The key has expired.',
};

/** Why the reader can't change this key, or undefined when they can. */
export function useHandsOff(apiKey: ApiKey): string | undefined {
  const can = useCan();
  const own = useMe().id === apiKey.accountId;
  const missing = !can('api_keys:write')
    ? 'api_keys:write'
    : own || can('all_api_keys:write')
      ? null
      : 'all_api_keys:write';
  return missing ? `This needs ${missing}.` : undefined;
}

export function KeyMenu({ apiKey, onAct }: { apiKey: ApiKey; onAct: (act: KeyAct) => void }): ReactNode {
  const handsOff = useHandsOff(apiKey);
  const over = OVER[apiKey.status];
  const items: MenuItem[] = [
    { label: 'Rotate key', onSelect: () => onAct('rotate'), offBecause: handsOff ?? over },
    { label: 'Change limits', onSelect: () => onAct('limits'), offBecause: handsOff ?? over },
    { label: 'Rename key', onSelect: () => onAct('rename'), offBecause: handsOff },
    'line',
    {
      label: 'Revoke key',
      onSelect: () => onAct('revoke'),
      offBecause: handsOff ?? (apiKey.status === 'revoked' ? over : undefined),
    },
  ];
  return <Menu label={`Actions for ${apiKey.name}`} items={items} />;
}
