import { isOwnPermission, type DescribedPermission, type Permission, type PermissionName } from '@latchkey/schemas';

/** A resource's part of the catalogue. */
export type ResourcePermissions = { name: string; permissions: readonly DescribedPermission[] };
export type PermissionGroup = { title: string; permissions: readonly DescribedPermission[] };

type NounOf<Name> = Name extends `${infer Noun}:${string}` ? Noun : never;

const OWN_TITLES: Readonly<Record<NounOf<Permission>, string>> = {
  api_keys: 'API keys',
  all_api_keys: "Everyone's API keys",
  users: 'People',
  service_accounts: 'Service accounts',
  roles: 'Roles',
  resources: 'Resources',
  apps: 'Apps',
  tokens: 'Tokens',
  audit: 'Audit log',
  alerts: 'Alerts',
  settings: 'Settings',
  metrics: 'Metrics',
};

/** By resource; Latchkey's own by what they are about, since there are many. */
export function permissionGroups(
  catalogue: readonly ResourcePermissions[],
  matching: (permission: DescribedPermission) => boolean = () => true,
): PermissionGroup[] {
  return catalogue.flatMap(({ name, permissions }) => {
    const byTitle = Map.groupBy(permissions.filter(matching), (each) => ownTitle(each.name) ?? name);
    return [...byTitle].map(([title, ofTitle]) => ({ title, permissions: ofTitle }));
  });
}

function ownTitle(name: PermissionName): string | undefined {
  return isOwnPermission(name) ? OWN_TITLES[name.slice(0, name.indexOf(':')) as NounOf<Permission>] : undefined;
}
