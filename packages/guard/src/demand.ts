import type { Caller } from './caller.ts';
import { GuardProblem } from './problems.ts';

/** `noun:verb`, as it is registered at Latchkey: `notes:read`. */
export type PermissionName = `${string}:${string}`;

/** What a caller must be. All that is named must hold; nothing named means any good credential. */
export type Demand = {
  /** A person who signed in: an access token of a session. */
  signedIn?: boolean | undefined;
  /** An API key. */
  apiKey?: boolean | undefined;
  role?: string | undefined;
  requires?: PermissionName | undefined;
};

/** The refusal, or null where the caller may. */
export function refusalOf({ signedIn, apiKey, role, requires }: Demand, caller: Caller): GuardProblem | null {
  const { credential, roles, permissions } = caller;
  const isKey = credential.kind === 'api_key';
  if (apiKey && !isKey) return new GuardProblem('credential_not_accepted');
  if (signedIn && (isKey || credential.sessionId === null)) return new GuardProblem('credential_not_accepted');
  if (role !== undefined && !roles.includes(role)) return lacks(role, `the role ${role}`);
  if (requires !== undefined && !permissions.includes(requires)) return lacks(requires, requires);
  return null;
}

function lacks(missing: string, words: string): GuardProblem {
  return new GuardProblem('permission_missing', { missing: [missing], detail: `You don't have ${words}.` });
}
