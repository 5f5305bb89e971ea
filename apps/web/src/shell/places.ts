import type { Asked } from '../rpc/me.tsx';

export type Place = {
  to: string;
  label: string;
  /** `g` and this letter go there. */
  letter: string;
  /** Any one of these opens it; none: everybody may. */
  needs?: readonly Asked[];
  /** Its address begins those of other places. */
  exact?: true;
};

export const ACCOUNT_PLACES: readonly Place[] = [
  { to: '/account/profile', label: 'Profile', letter: 'i' },
  { to: '/account/security', label: 'Security', letter: 'y' },
  { to: '/account/sessions', label: 'Sessions', letter: 'w' },
  { to: '/account/apps', label: 'Connected apps', letter: 'n' },
  { to: '/account/api-keys', label: 'My API keys', letter: 'm', needs: ['apiKeys.list'] },
];

export const CONSOLE_PLACES: readonly Place[] = [
  {
    to: '/console',
    label: 'Overview',
    letter: 'o',
    needs: ['alerts.list', 'all_api_keys:read', 'audit.list'],
    exact: true,
  },
  { to: '/console/api-keys', label: 'API keys', letter: 'k', needs: ['all_api_keys:read'] },
  { to: '/console/people', label: 'People', letter: 'p', needs: ['users.list'] },
  { to: '/console/service-accounts', label: 'Service accounts', letter: 's', needs: ['serviceAccounts.list'] },
  { to: '/console/roles', label: 'Roles', letter: 'r', needs: ['roles.list'] },
  { to: '/console/resources', label: 'Resources', letter: 'u', needs: ['resources.list'] },
  { to: '/console/alerts', label: 'Alerts', letter: 'e', needs: ['alerts.list'] },
  { to: '/console/apps', label: 'Apps', letter: 'x', needs: ['apps.list'] },
  { to: '/console/audit', label: 'Audit log', letter: 'a', needs: ['audit.list'] },
  { to: '/console/access', label: 'Access', letter: 'c', needs: ['accessMatrix.get'] },
  { to: '/console/denials', label: 'Denials', letter: 'd', needs: ['denials.list'] },
  { to: '/console/settings', label: 'Settings', letter: 't', needs: ['settings.get'] },
];

export function openPlaces(places: readonly Place[], may: (asked: Asked) => boolean): readonly Place[] {
  return places.filter(({ needs }) => !needs || needs.some(may));
}
