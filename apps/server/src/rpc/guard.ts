import {
  BUILT_IN_ROLES,
  type CredentialKind,
  type Denial,
  type GuardDescription,
  type Permission,
} from '@latchkey/schemas';

import { holds, type AccountActor, type Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

/** What a procedure demands of its caller. */
export type Guard = {
  readonly rung: GuardDescription['rung'];
  /** The role or permission that the rung names. */
  readonly demands: string | null;
  readonly credentials: readonly CredentialKind[];
  /** How long ago the person may last have proved who they are; null where that doesn't matter. */
  readonly freshWithinMs: number | null;
};

const EVERY_CREDENTIAL: readonly CredentialKind[] = ['session', 'access_token', 'api_key'];

/** A length of time as guards are written: `10m`, `2h`, `30s`. */
export type Duration = `${number}${'s' | 'm' | 'h'}`;

export type GuardOptions = {
  /** Which kinds of credential will do; without it, all of them. */
  credentials?: readonly [CredentialKind, ...CredentialKind[]];
  fresh?: Duration;
};

export function durationMs(text: Duration): number {
  const unit = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }[text.slice(-1)];
  const amount = Number(text.slice(0, -1));
  if (unit === undefined || !(amount > 0)) throw new Error(`Not a length of time: ${text}`);
  return amount * unit;
}

export function makeGuard(
  rung: Guard['rung'],
  demands: string | null,
  { credentials = EVERY_CREDENTIAL as [CredentialKind, ...CredentialKind[]], fresh }: GuardOptions = {},
): Guard {
  return Object.freeze({
    rung,
    demands,
    credentials: Object.freeze([...credentials]),
    freshWithinMs: fresh === undefined ? null : durationMs(fresh),
  });
}

/** The one evaluator. Returns the refusal, or null where the actor may. */
export function refusalOf(guard: Guard, actor: Actor, procedure: string, nowMs: number): Problem | null {
  if (guard.rung === 'open') return null;
  if (actor.kind === 'anonymous') {
    return new Problem('credential_missing', {
      denial: { procedure, credential: 'none', missing: ['credential'] },
    });
  }
  // The command line doesn't call procedures; nothing else may come as the system.
  if (actor.kind === 'system') return new Problem('credential_not_accepted');
  return refusalOfAccount(guard, actor, procedure, nowMs);
}

function refusalOfAccount(guard: Guard, actor: AccountActor, procedure: string, nowMs: number): Problem | null {
  const deny = (missing: string, wouldBeEnough: string[]): { denial: Denial } => ({
    denial: { procedure, credential: actor.credential.kind, missing: [missing], wouldBeEnough },
  });
  if (!acceptsCredential(guard, actor)) {
    return new Problem('credential_not_accepted', deny('credential', [...guard.credentials]));
  }
  if (!meetsDemand(guard, actor)) {
    const missing = guard.demands ?? '';
    return new Problem('permission_missing', {
      detail: `You don't have ${guard.rung === 'role' ? `the role ${missing}` : missing}.`,
      ...deny(missing, guard.rung === 'role' ? [missing] : rolesWith(missing)),
    });
  }
  if (guard.freshWithinMs !== null && !isFresh(actor, guard.freshWithinMs, nowMs)) {
    return new Problem('fresh_sign_in_needed', {
      maxAgeSeconds: guard.freshWithinMs / SECOND_MS,
      ...deny('fresh_sign_in', ['session']),
    });
  }
  return null;
}

function acceptsCredential(guard: Guard, actor: AccountActor): boolean {
  const { credential } = actor;
  if (guard.rung === 'signedIn' && actor.kind !== 'person') return false;
  if (!guard.credentials.includes(credential.kind)) return false;
  // A token made by a key or for an app is never stronger than a key: where a session would do but a key wouldn't, it won't either.
  const isHandedOn = credential.kind === 'access_token' && credential.issuedTo.kind !== 'session';
  return !isHandedOn || guard.credentials.includes('api_key') || !guard.credentials.includes('session');
}

function meetsDemand(guard: Guard, actor: AccountActor): boolean {
  if (guard.rung === 'role') return guard.demands !== null && actor.roles.includes(guard.demands);
  if (guard.rung === 'permitted') return guard.demands !== null && holds(actor, guard.demands as Permission);
  return true;
}

function isFresh({ credential }: AccountActor, withinMs: number, nowMs: number): boolean {
  if (credential.kind === 'api_key' || credential.authenticatedAtMs === null) return false;
  return nowMs - credential.authenticatedAtMs <= withinMs;
}

function rolesWith(permission: string): string[] {
  return Object.entries(BUILT_IN_ROLES)
    .filter(([, role]) => (role.permissions as readonly string[]).includes(permission))
    .map(([name]) => name);
}
