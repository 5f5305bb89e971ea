import type { Permission } from '@latchkey/schemas';

export type Place = {
  to: string;
  label: string;
  /** `g` and this letter go there. */
  letter: string;
  /** Any one of these opens it; none: everybody may. */
  needs?: readonly Permission[];
  /** Its address begins those of other places. */
  exact?: true;
};

export const ACCOUNT_PLACES: readonly Place[] = [
  { to: '/account/profile', label: 'Profile', letter: 'i' },
  { to: '/account/security', label: 'Security', letter: 'y' },
  { to: '/account/sessions', label: 'Sessions', letter: 'w' },
  { to: '/account/api-keys', label: 'My API keys', letter: 'm', needs: ['api_keys:read'] },
];

export const CONSOLE_PLACES: readonly Place[] = [
  { to: '/console', label: 'Overview', letter: 'o', needs: ['all_api_keys:read', 'audit:read'], exact: true },
  { to: '/console/api-keys', label: 'API keys', letter: 'k', needs: ['all_api_keys:read'] },
  { to: '/console/people', label: 'People', letter: 'p', needs: ['users:read'] },
  { to: '/console/service-accounts', label: 'Service accounts', letter: 's', needs: ['service_accounts:read'] },
  { to: '/console/roles', label: 'Roles', letter: 'r', needs: ['roles:read'] },
  { to: '/console/resources', label: 'Resources', letter: 'u', needs: ['resources:read'] },
  { to: '/console/alerts', label: 'Alerts', letter: 'e', needs: ['alerts:read'] },
  { to: '/console/audit', label: 'Audit log', letter: 'a', needs: ['audit:read'] },
  { to: '/console/settings', label: 'Settings', letter: 't', needs: ['settings:read'] },
];

export function openPlaces(places: readonly Place[], can: (permission: Permission) => boolean): readonly Place[] {
  return places.filter(({ needs }) => !needs || needs.some(can));
}
