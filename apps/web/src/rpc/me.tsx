import type { Me, Permission, PermissionName } from '@latchkey/schemas';
import { createContext, use, type ReactNode } from 'react';

const MeContext = createContext<Me | null>(null);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }): ReactNode {
  return <MeContext value={me}>{children}</MeContext>;
}

/** Who is signed in. Every page below the shell has one. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error('useMe is for pages inside the shell');
  return me;
}

export type Can = (permission: Permission) => boolean;

/** Whether the signed-in person holds a permission now. */
export function useCan(): Can {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

/** The same for permissions of whatever resource. */
export function useHolds(): (permission: PermissionName) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

/** Why something is off, or undefined when it isn't: for `GuardedButton` and menu items. */
export function useOffBecause(permission: Permission): string | undefined {
  return useCan()(permission) ? undefined : `This needs ${permission}. An admin can give you a role that has it.`;
}
