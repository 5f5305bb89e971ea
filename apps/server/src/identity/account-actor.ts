import type { PermissionName } from '@latchkey/schemas';

import type { AccountActor, Credential, Origin } from '../actors/index.ts';
import { permissionsOfRoles } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import { isOver } from '../sessions/index.ts';
import type { Clock } from '../time/index.ts';
import type { AccountState, SessionState, States } from './rows.ts';

/** What the account's roles allow now ∩ what the credential carries. */
export function accountActor(
  rows: readonly AccountState[],
  from: Origin,
  carries: (permission: PermissionName) => boolean,
  credential: Credential,
): AccountActor {
  const [state] = rows;
  if (state === undefined) throw new Problem('credential_missing');
  const roles: string[] = [];
  const stored = new Map<string, readonly PermissionName[]>();
  for (const { role, rolePermissions } of rows) {
    if (role !== null) roles.push(role);
    if (role !== null && rolePermissions !== null) stored.set(role, rolePermissions);
  }
  roles.sort();
  const ofRoles = permissionsOfRoles(roles, stored);
  const permissions = new Set<PermissionName>();
  for (const permission of ofRoles) if (carries(permission)) permissions.add(permission);
  return {
    kind: state.kind,
    accountId: state.accountId,
    name: state.name,
    email: state.email,
    roles,
    permissions,
    ofRoles,
    credential,
    from,
  };
}

export function isLiveSession(state: SessionState | undefined, nowMs: number): state is SessionState {
  return state !== undefined && state.kind === 'person' && state.status === 'active' && !isOver(state, nowMs);
}

/** Notes a second factor that the person lacks. Not for keys, which nobody's presence stands behind. */
export async function withFactor(
  { states, clock }: { states: States; clock: Clock },
  actor: AccountActor,
  rows: readonly AccountState[],
): Promise<AccountActor> {
  if (rows.every(({ secondFactorFromMs }) => secondFactorFromMs === null)) return actor;
  const fromMs = await states.factorDue(actor.accountId);
  return fromMs === null ? actor : { ...actor, lacksFactor: { fromMs, isDue: fromMs <= clock() } };
}
