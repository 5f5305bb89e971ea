import {
  enoughFor,
  shortfallOf,
  type CredentialKind,
  type Denial,
  type DenialId,
  type GuardDescription,
  type GuardRule,
  type Permission,
  type Shortfall,
} from '@latchkey/schemas';

import { holds, type AccountActor, type Actor } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';

/** What a procedure demands of its caller. */
export type Guard = Readonly<GuardRule & Pick<GuardDescription, 'withoutFactor'>>;

const EVERY_CREDENTIAL: readonly CredentialKind[] = ['session', 'access_token', 'api_key'];

/** A length of time as guards are written: `10m`, `2h`, `30s`. */
export type Duration = `${number}${'s' | 'm' | 'h'}`;

export type GuardOptions = {
  /** Which kinds of credential will do; without it, all of them. */
  credentials?: readonly [CredentialKind, ...CredentialKind[]];
  fresh?: Duration;
  /** Whether it lets a session in whose person has yet to set up the second factor that a role wants. */
  withoutFactor?: true;
};

export function durationMs(text: Duration): number {
  const unit = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }[text.slice(-1)];
  const amount = Number(text.slice(0, -1));
  if (unit === undefined || !(amount > 0)) throw new Error(`Not a length of time: ${text}`);
  return amount * unit;
}

export function makeGuard(
  rung: GuardDescription['rung'],
  demands: string | null,
  { credentials = EVERY_CREDENTIAL as [CredentialKind, ...CredentialKind[]], fresh, withoutFactor }: GuardOptions = {},
): Guard {
  return Object.freeze({
    rung,
    demands,
    credentials: Object.freeze([...credentials]) as CredentialKind[],
    freshWithinMs: fresh === undefined ? null : durationMs(fresh),
    ...(withoutFactor && { withoutFactor }),
  });
}

/** The refusal, or null where the actor may, who from here relies on the permission that the guard demands. */
export function refusalOf(guard: Guard, actor: Actor, nowMs: number): Problem | null {
  // The command line doesn't call procedures; nothing else may come as the system.
  if (actor.kind === 'system') return guard.rung === 'open' ? null : new Problem('credential_not_accepted');
  if (actor.kind !== 'anonymous' && mustEnrolFirst(guard, actor)) return new Problem('factor_required');
  const shortfall = shortfallOf(guard, actor.kind === 'anonymous' ? null : actor, nowMs);
  if (shortfall) return problemOfShortfall(guard, shortfall);
  if (guard.rung === 'permitted' && guard.demands !== null) holds(actor, guard.demands as Permission);
  return null;
}

/** Only in the browser can somebody set a factor up: tokens find no exception. */
function mustEnrolFirst({ rung, withoutFactor }: Guard, { credential, lacksFactor }: AccountActor): boolean {
  if (rung === 'open' || !lacksFactor?.isDue) return false;
  return !(withoutFactor && credential.kind === 'session');
}

function problemOfShortfall({ rung, freshWithinMs }: Guard, { code, missing, wouldBeEnough }: Shortfall): Problem {
  return new Problem(code, {
    denial: { missing: [missing], wouldBeEnough: [...wouldBeEnough] },
    ...(code === 'permission_missing' && {
      detail: `You don't have ${rung === 'role' ? `the role ${missing}` : missing}.`,
    }),
    ...(code === 'fresh_sign_in_needed' && { maxAgeSeconds: (freshWithinMs ?? 0) / SECOND_MS }),
  });
}

/** Keeps a denial for admins to look at. Gives its id, or none where there are too many to keep. */
export type KeepDenial = (denied: { actor: AccountActor; code: Problem['code']; denial: Required<Denial> }) => {
  denialId?: DenialId;
};

/** An app acts for somebody, and isn't them. */
function isForApp({ credential }: AccountActor): boolean {
  return credential.kind === 'access_token' && credential.issuedTo.kind === 'app';
}

/**
 * The refusal as its caller may know it: whole for whoever called with their own account. Strangers learn what is missing
 * alone, and theirs aren't kept: anybody could fill the list with them.
 */
export function explain(refusal: Problem, actor: Actor, procedure: string, keep: KeepDenial): Problem {
  const { code, facts } = refusal;
  if (!facts.denial) return refusal;
  const { missing } = facts.denial;
  if (actor.kind === 'anonymous' || actor.kind === 'system')
    return new Problem(code, { ...facts, denial: { missing } });
  const { wouldBeEnough = missing.flatMap((each) => enoughFor(each, actor)) } = facts.denial;
  const denial = { procedure, credential: actor.credential.kind, missing, wouldBeEnough };
  const kept = keep({ actor, code, denial });
  return new Problem(code, { ...facts, denial: isForApp(actor) ? { missing } : denial, ...kept });
}
