import type { AccountId, ApiKeyId, Permission, PermissionName, SessionId } from '@latchkey/schemas';

/** Where a call came from. Null where nobody called, such as at the command line. */
export type Origin = {
  requestId: string | null;
  /** The caller's address: the socket's, or what a trusted proxy reports. */
  address: string | null;
  userAgent: string;
  /** The digest of the token by which the caller's browser is known; null where it has none. */
  device: string | null;
};

export type Credential =
  | { kind: 'session'; id: SessionId; authenticatedAtMs: number }
  | {
      kind: 'access_token';
      /** The token's `jti`. */
      id: string;
      /** What asked for the token. A token made by a key is never stronger than the key. */
      issuedTo: { kind: 'session'; id: SessionId } | { kind: 'api_key'; id: ApiKeyId } | { kind: 'app'; id: string };
      /** When the person last proved who they are; null where no person did. */
      authenticatedAtMs: number | null;
    }
  | {
      kind: 'api_key';
      id: ApiKeyId;
      /** There when the secret is the one that a rotation has replaced: the end of its grace. */
      secretEndsAtMs?: number;
    };

export type AnonymousActor = { kind: 'anonymous'; from: Origin };

/** Somebody with an account, through one credential; or an app that acts for itself, which is then its own account. */
export type AccountActor = {
  kind: 'person' | 'service' | 'app';
  accountId: AccountId;
  name: string;
  email: string | null;
  roles: readonly string[];
  /** What the account's roles allow now ∩ what the credential carries. */
  permissions: ReadonlySet<PermissionName>;
  /** What the roles alone allow now: where a permission is missing, it tells whether the credential is the reason. */
  ofRoles?: ReadonlySet<PermissionName>;
  credential: Credential;
  from: Origin;
  /** There for a person, by whatever speaks for their presence, who has no second factor though a role wants one. */
  lacksFactor?: { fromMs: number; isDue: boolean };
  /** Which of its permissions this call came to rely on; there for calls that a key makes. */
  reliesOn?: Set<PermissionName>;
};

/** The server itself, or an operator at its command line: whoever can read the database may do everything. */
export type SystemActor = { kind: 'system'; name: 'server' | 'command line'; from: Origin };

export type Actor = AnonymousActor | AccountActor | SystemActor;

export const NOWHERE: Origin = { requestId: null, address: null, userAgent: '', device: null };

export const SERVER: SystemActor = { kind: 'system', name: 'server', from: NOWHERE };
export const COMMAND_LINE: SystemActor = { kind: 'system', name: 'command line', from: NOWHERE };

/** Whether the actor holds one of Latchkey's own permissions now, through this credential. What it holds it relies on from here. */
export function holds(actor: Actor, permission: Permission): boolean {
  return mayGive(actor, permission);
}

function mayGive(actor: Actor, permission: PermissionName): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'anonymous' || !actor.permissions.has(permission)) return false;
  actor.reliesOn?.add(permission);
  return true;
}

/** The key that the call is made with, be it by a token that the key asked for. */
export function keyOf(credential: Credential): Extract<Credential, { kind: 'api_key' }> | null {
  if (credential.kind === 'api_key') return credential;
  return credential.kind === 'access_token' && credential.issuedTo.kind === 'api_key' ? credential.issuedTo : null;
}

/** Nobody gives what they don't hold: which of these permissions the actor couldn't hand on. */
export function notHeld(actor: Actor, permissions: readonly PermissionName[]): PermissionName[] {
  return permissions.filter((each) => !mayGive(actor, each));
}
