import type {
  FactorEnrolmentNeeded,
  FactorKind,
  Me,
  NextStep,
  SecondFactorNeeded,
  SessionId,
  SignInAnswer,
} from '@latchkey/schemas';

import { targetOf, updateAccount, type AccountWithRoles, type OwnAddress } from '../accounts/index.ts';
import type { Actor, Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import type { CookieSealer, SessionCookie } from '../crypto/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Factors, OneUseTokens, Passkeys } from '../factors/index.ts';
import { findFactorDueAtMs, readPermissions } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from '../rpc/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { SettingsService } from '../settings/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { pendingOf, type Method, type Pending } from './pending.ts';

/** Whoever signs in: where they are, and what their browser holds of ours. */
export type Visitor = Pick<CallContext, 'origin' | 'sessionCookie' | 'signInCookie' | 'passkeyCookie' | 'deviceCookie'>;

export type GateNeeds = {
  storage: Storage;
  audit: Audit;
  sessions: Sessions;
  devices: Devices;
  cookies: CookieSealer;
  settings: SettingsService;
  ownAddress: Pick<OwnAddress, 'mailVerification'>;
  factors: Factors;
  passkeys: Passkeys;
  pendings: OneUseTokens<Pending>;
  clock: Clock;
};

export type Entry = {
  method: Method;
  /** The second factor that `proof` asks for; without it, one is demanded of whoever has one. */
  factor?: FactorKind;
  /** Whether the browser is to be asked for no second factor for a while. Only with one. */
  trustDevice?: boolean;
  /** Takes back what was counted against guessing, once there is a session: a right password alone forgives nothing. */
  forgive?: (tx: Tx) => Promise<void>;
};

type Step = Omit<SecondFactorNeeded, 'expiresAtMs'> | Omit<FactorEnrolmentNeeded, 'expiresAtMs'>;
type Passed = {
  account: AccountWithRoles;
  prepared: ReturnType<Sessions['prepare']>;
  newDevice: string | null;
  factorDueAtMs: number | null;
};
type Held = { account: AccountWithRoles; step: Step };
type Unverified = { unverified: AccountWithRoles };

/**
 * The gate: the only maker of sessions. Every way of signing in ends here, so whatever keeps somebody out is asked in
 * this one place. `proof` runs in the same transaction, so what works once and the session come about together or not at all.
 */
export function createGate(needs: GateNeeds) {
  const { storage, audit, sessions, devices, cookies, settings, ownAddress, factors, pendings, clock } = needs;

  async function pass(tx: Tx, account: AccountWithRoles, entry: Entry, call: Arrival): Promise<Passed> {
    const prepared = sessions.prepare(account.id, call.origin);
    const actor = asActor(account, prepared.id, call.origin, clock());
    const device = await devices.remember(tx, account.id, call.origin);
    const newNetwork = !device.isKnown && (await sessions.isFromNewNetwork(tx, account.id, call.origin));
    await prepared.write(tx);
    await entry.forgive?.(tx);
    await updateAccount(tx, account.id, { lastSignInAtMs: clock() });
    const { method, factor } = entry;
    const { userAgent } = call.origin;
    await audit.record(tx, actor, 'session.created', {
      target: targetOf(account),
      details: {
        method,
        ...(factor && { factor }),
        newDevice: device.isNew,
        ...(newNetwork && { newNetwork }),
        userAgent,
      },
    });
    if (entry.factor && entry.trustDevice) {
      await devices.trust(tx, account.id, device.tokenDigest);
      await audit.record(tx, actor, 'device.trusted', { target: targetOf(account) });
    }
    if (call.before) await sessions.endReplaced(tx, actor, call.before.sid);
    const factorDueAtMs = await findFactorDueAtMs(tx, account.id);
    return { account, prepared, newDevice: device.newToken, factorDueAtMs };
  }

  /** What stands between the first proof and a session: a second factor, or setting up the one that a role wants by now. */
  async function stepLeft(tx: Tx, { id }: AccountWithRoles, entry: Entry, call: Arrival): Promise<Step | null> {
    if (entry.factor !== undefined) return null;
    const needed = await factors.kindsOf(tx, id);
    if (needed.length > 0)
      return (await devices.isTrusted(tx, id, call.origin)) ? null : { next: 'second_factor', factors: needed };
    const dueAtMs = await findFactorDueAtMs(tx, id);
    return dueAtMs !== null && dueAtMs <= clock() ? { next: 'factor_enrolment' } : null;
  }

  /** What was proved stays so: a link or a code that works once has worked. */
  async function refuseUnverified(tx: Tx, account: AccountWithRoles, { origin }: Arrival): Promise<Unverified> {
    const details = { email: account.email, reason: 'email_unverified' };
    await audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.failed', {
      target: targetOf(account),
      details,
    });
    return { unverified: account };
  }

  async function decide(
    tx: Tx,
    account: AccountWithRoles,
    entry: Entry,
    call: Arrival,
  ): Promise<Passed | Held | Unverified> {
    if (account.kind !== 'person' || account.status !== 'active') throw new Problem('sign_in_failed');
    if (call.verifiedOnly && account.emailVerifiedAtMs === null) return refuseUnverified(tx, account, call);
    const step = await stepLeft(tx, account, entry, call);
    return step ? { account, step } : pass(tx, account, entry, call);
  }

  /** Keeps the first step in a cookie for the second. */
  function hold(visitor: Visitor, { account, step }: Held, method: Method): NextStep {
    const { token, expiresAtMs } = pendings.seal(pendingOf(account, method));
    visitor.signInCookie.set(token);
    return { ...step, expiresAtMs };
  }

  async function letIn(visitor: Visitor, { account, prepared, newDevice, factorDueAtMs }: Passed): Promise<Me> {
    const permissions = await readPermissions(storage.read, account.roles);
    visitor.sessionCookie.set(await cookies.seal(await prepared.cookie()));
    for (const cookie of [visitor.signInCookie, visitor.passkeyCookie]) if (cookie.value !== null) cookie.clear();
    // A new one, or the one that came for longer.
    visitor.deviceCookie.set(newDevice ?? visitor.deviceCookie.value ?? '');
    return {
      kind: 'person',
      id: account.id,
      email: account.email ?? '',
      name: account.name,
      roles: account.roles,
      permissions: [...permissions],
      credential: { kind: 'session', id: prepared.id },
      ...(factorDueAtMs !== null && { secondFactorDueAtMs: factorDueAtMs }),
    };
  }

  return async function completeSignIn(
    visitor: Visitor,
    entry: Entry,
    proof: (tx: Tx) => Promise<AccountWithRoles>,
  ): Promise<SignInAnswer> {
    // V7.2.4: the session that this browser had is over once there is a new one.
    const { value } = visitor.sessionCookie;
    const before = value === null ? null : await cookies.open(value);
    const { verifiedOnly } = await settings.get();
    const arrival = { origin: visitor.origin, before, verifiedOnly };
    const outcome = await storage.transact(async (tx) => decide(tx, await proof(tx), entry, arrival));
    if ('unverified' in outcome) {
      // Only whoever has proved that it's their account causes a mail, and learns of it.
      ownAddress.mailVerification(outcome.unverified.id, outcome.unverified.email ?? '');
      throw new Problem('email_unverified');
    }
    return 'step' in outcome ? hold(visitor, outcome, entry.method) : letIn(visitor, outcome);
  };
}

type Arrival = { origin: Origin; before: SessionCookie | null; verifiedOnly: boolean };

/** The person as the actor of the act by which they came in. */
function asActor(account: AccountWithRoles, id: SessionId, from: Origin, nowMs: number): Actor {
  return {
    kind: 'person',
    accountId: account.id,
    name: account.name,
    email: account.email,
    roles: account.roles,
    permissions: new Set(),
    credential: { kind: 'session', id, authenticatedAtMs: nowMs },
    from,
  };
}

export type CompleteSignIn = ReturnType<typeof createGate>;
