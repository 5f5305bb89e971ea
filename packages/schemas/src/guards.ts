import type { GuardDescription } from './access-matrix.ts';
import { BUILT_IN_ROLES } from './permissions.ts';
import type { CredentialKind, DenialCode } from './problems.ts';

/** As much of a guard as decides. */
export type GuardRule = Pick<GuardDescription, 'rung' | 'demands' | 'credentials' | 'freshWithinMs'>;

/** Somebody with an account, as far as a guard asks. */
export type Holder = {
  kind: 'person' | 'service' | 'app';
  roles: readonly string[];
  /** What the roles allow ∩ what the credential carries. */
  permissions: ReadonlySet<string>;
  /** What the roles alone allow, where it is known. */
  ofRoles?: ReadonlySet<string>;
  credential: {
    kind: CredentialKind;
    /** Of an access token: what asked for it. */
    issuedTo?: { kind: 'session' | 'api_key' | 'app' };
    /** When the person last proved who they are; none where no person did. */
    authenticatedAtMs?: number | null;
  };
};

/** What a guard misses: a permission, a role, `credential` or `fresh_sign_in`. Any one of `wouldBeEnough` closes this gap. */
export type Shortfall = { code: DenialCode; missing: string; wouldBeEnough: readonly string[] };

/**
 * The one evaluator: what the guard misses, or null where the holder may. Without a holder, what it says to somebody who
 * brings no credential. Server, pages and tests ask this, so that no two of them can differ.
 */
export function shortfallOf(guard: GuardRule, holder: Holder | null, nowMs: number): Shortfall | null {
  if (guard.rung === 'open') return null;
  if (holder === null) return credentialShortfall('credential_missing', guard);
  if (!acceptsCredential(guard, holder)) return credentialShortfall('credential_not_accepted', guard);
  if (!meetsDemand(guard, holder)) return demandShortfall(guard, holder);
  if (guard.freshWithinMs === null || isFresh(holder, guard.freshWithinMs, nowMs)) return null;
  return { code: 'fresh_sign_in_needed', missing: 'fresh_sign_in', wouldBeEnough: ['session'] };
}

function credentialShortfall(code: DenialCode, { credentials }: GuardRule): Shortfall {
  return { code, missing: 'credential', wouldBeEnough: credentials };
}

function demandShortfall({ rung, demands }: GuardRule, holder: Holder): Shortfall {
  const missing = demands ?? '';
  return {
    code: 'permission_missing',
    missing,
    wouldBeEnough: rung === 'role' ? [missing] : enoughFor(missing, holder),
  };
}

/** What would give the holder this permission: where the roles do, a credential that carries it; else one of the built-in roles. */
export function enoughFor(permission: string, { ofRoles }: Pick<Holder, 'ofRoles'>): string[] {
  return ofRoles?.has(permission) ? [permission] : rolesWith(permission);
}

function acceptsCredential({ rung, credentials }: GuardRule, { kind, credential }: Holder): boolean {
  if (rung === 'signedIn' && kind !== 'person') return false;
  if (!credentials.includes(credential.kind)) return false;
  // A token made by a key or for an app is never stronger than a key: where a session would do but a key wouldn't, it won't either.
  const isHandedOn = credential.issuedTo !== undefined && credential.issuedTo.kind !== 'session';
  return !isHandedOn || credentials.includes('api_key') || !credentials.includes('session');
}

function meetsDemand({ rung, demands }: GuardRule, { roles, permissions }: Holder): boolean {
  if (rung === 'role') return demands !== null && roles.includes(demands);
  if (rung === 'permitted') return demands !== null && permissions.has(demands);
  return true;
}

function isFresh({ credential }: Holder, withinMs: number, nowMs: number): boolean {
  const { kind, authenticatedAtMs } = credential;
  if (kind === 'api_key' || authenticatedAtMs === null || authenticatedAtMs === undefined) return false;
  return nowMs - authenticatedAtMs <= withinMs;
}

function rolesWith(permission: string): string[] {
  return Object.entries(BUILT_IN_ROLES)
    .filter(([, role]) => (role.permissions as readonly string[]).includes(permission))
    .map(([name]) => name);
}
