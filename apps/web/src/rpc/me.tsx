import {
  shortfallOf,
  type GuardRule,
  type Me,
  type Permission,
  type PermissionName,
  type Shortfall,
} from '@latchkey/schemas';
import { createContext, use, useMemo, type ReactNode } from 'react';

import type { Outputs } from './router-types.ts';
import type { ProcedurePath } from './procedures.ts';
import { offWords } from '../words/shortfall-words.ts';

type Guards = Outputs['accessMatrix']['guards'];

/** What one can be asked for: a procedure, by its guard; or a permission that decides beyond it, as over others' keys. */
export type Asked = ProcedurePath | Permission;

type Reader = { me: Me; judge: (asked: Asked) => Shortfall | null };

const ReaderContext = createContext<Reader | null>(null);

export function MeProvider({ me, guards, children }: { me: Me; guards: Guards; children: ReactNode }): ReactNode {
  const reader = useMemo(() => ({ me, judge: judgeFor(me, guards) }), [me, guards]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

function judgeFor(me: Me, { items }: Guards): Reader['judge'] {
  const guards = new Map<string, GuardRule>(items.map((guard) => [guard.procedure, guard]));
  // Where a sign-in is too old, the page asks for the password and goes on: no reason to be off.
  const credential = { kind: me.credential.kind, authenticatedAtMs: 0 };
  const holder = { ...me, permissions: new Set<string>(me.permissions), credential };
  return (asked) => shortfallOf(guards.get(asked) ?? permittedBy(asked), holder, 0);
}

function permittedBy(permission: string): GuardRule {
  const credentials = ['session', 'access_token', 'api_key'] as GuardRule['credentials'];
  return { rung: 'permitted', demands: permission, credentials, freshWithinMs: null };
}

function useReader(): Reader {
  const reader = use(ReaderContext);
  if (!reader) throw new Error('useMe is for pages inside the shell');
  return reader;
}

/** Who is signed in. Every page below the shell has one. */
export function useMe(): Me {
  return useReader().me;
}

/** What the signed-in person lacks to call it now, by the server's own evaluator; null where they can. */
export function useShortfall(asked: Asked): Shortfall | null {
  return useReader().judge(asked);
}

export function useCan(asked: Asked): boolean {
  return useShortfall(asked) === null;
}

/** The same of several. */
export function useMay(): (asked: Asked) => boolean {
  const { judge } = useReader();
  return (asked) => judge(asked) === null;
}

/** Whether they hold a permission of whatever resource, and so may give it. */
export function useHolds(): (permission: PermissionName) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

/** Why something is off, or undefined when it isn't: for `GuardedButton` and menu items. */
export function useOffBecause(asked: Asked): string | undefined {
  const shortfall = useShortfall(asked);
  return shortfall ? offWords(shortfall) : undefined;
}
