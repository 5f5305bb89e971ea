import type { FactorKind, SignInAnswer } from '@latchkey/schemas';

import { findAccount, lockAccount, targetOf, type AccountWithRoles } from '../accounts/index.ts';
import type { Origin } from '../actors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import type { CompleteSignIn, GateNeeds, Visitor } from './gate.ts';
import type { Guessing } from './guessing.ts';
import { isStillProven, type Pending } from './pending.ts';

export type SecondStepNeeds = GateNeeds & { guessing: Guessing; completeSignIn: CompleteSignIn };

/** Runs in the gate's transaction, for an account that may have changed since the first step. */
export type Prove = (tx: Tx, account: AccountWithRoles) => Promise<void>;
/** `ready` looks at what can be looked at before: it is counted, and fails, like the proof itself. */
type Proof = { factor: FactorKind; trustDevice: boolean; ready(): Promise<Prove> };

const FAILURES = new Set(['second_factor_failed', 'passkey_failed']);

/** The second step of a sign-in, for the browser that did the first. */
export function createSecondStep({ storage, audit, pendings, guessing, completeSignIn }: SecondStepNeeds) {
  const recordFailure = (origin: Origin, account: AccountWithRoles, factor: FactorKind) =>
    storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.failed', {
        target: targetOf(account),
        details: { email: account.email, factor },
      }),
    );

  async function requirePending({ signInCookie }: Visitor) {
    const opened = pendings.open(signInCookie.value);
    const account = opened && (await findAccount(storage.read, opened.content.accountId));
    if (!opened || !account) throw new Problem('sign_in_over');
    return { opened, account };
  }

  /** The account as it is now, if the first step still holds for it. */
  async function requireProven(tx: Tx, pending: Pending): Promise<AccountWithRoles> {
    const account = await lockAccount(tx, pending.accountId);
    if (account === null || !isStillProven(account, pending)) throw new Problem('sign_in_over');
    return account;
  }

  async function finish(visitor: Visitor, { factor, trustDevice, ready }: Proof): Promise<SignInAnswer> {
    const { opened, account } = await requirePending(visitor);
    const forgive = await guessing.countTry(account.email ?? '', account.id, visitor.origin);
    const { method } = opened.content;
    const forgiveAll = async (tx: Tx) => {
      await forgive(tx);
      // Before a mailed link no try was counted.
      if (method === 'password') await forgive(tx);
    };
    try {
      const prove = await ready();
      return await completeSignIn(visitor, { method, factor, trustDevice, forgive: forgiveAll }, async (tx) => {
        const proven = await requireProven(tx, opened.content);
        if (!(await opened.spend(tx))) throw new Problem('sign_in_over');
        await prove(tx, proven);
        return proven;
      });
    } catch (error) {
      if (error instanceof Problem && FAILURES.has(error.code)) await recordFailure(visitor.origin, account, factor);
      throw error;
    }
  }

  return { requirePending, finish };
}

export type SecondStep = ReturnType<typeof createSecondStep>;
