import { BUILT_IN_ROLES, inCatalogueOrder, type PermissionName, type Role } from '@latchkey/schemas';

import { trpc } from '../../rpc/client.ts';
import { useCan, useHolds } from '../../rpc/me.tsx';

const BUILT_IN: readonly Role[] = Object.entries(BUILT_IN_ROLES).map(([name, { description, permissions }]) => ({
  name,
  description,
  permissions: [...permissions],
  builtIn: true,
  secondFactorFromMs: null,
}));

/** Every role there is. Whoever may not read roles knows the built-in ones at least. */
export function useRoles(): readonly Role[] {
  const roles = trpc.roles.list.useQuery(undefined, { enabled: useCan('roles.list') });
  return roles.data?.items ?? BUILT_IN;
}

/** What these roles allow together, in the catalogue's order. */
export function permissionsOf(roles: readonly Role[], names: readonly string[]): PermissionName[] {
  const given = roles.filter(({ name }) => names.includes(name));
  return inCatalogueOrder(given.flatMap(({ permissions }) => permissions));
}

/** Why one can't give these permissions, or undefined when one can. */
export function cantGiveWords(missing: readonly PermissionName[]): string | undefined {
  if (missing.length === 0) return undefined;
  const [first, ...more] = missing;
  return `You can't give this: your role has no ${first}${more.length > 0 ? ` and ${more.length} more` : ''}.`;
}

/** Nobody changes an account that may do more than they do; undefined when one may. */
export function useBeyondMe(names: readonly string[]): string | undefined {
  const holds = useHolds();
  const missing = permissionsOf(useRoles(), names).filter((each) => !holds(each));
  if (missing.length === 0) return undefined;
  return `This account may do what you can't: ${missing.join(', ')}. Somebody with those can change it.`;
}
