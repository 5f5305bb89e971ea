import type { FactorKind, SignInAnswer } from '@latchkey/schemas';

import { findAccount, lockAccount, targetOf, type AccountWithRoles } from '../accounts/index.ts';
import type { Origin } from '../actors/index.ts';
import { factorOfCode } from '../factors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import type { CompleteSignIn, GateNeeds, Visitor } from './gate.ts';
import type { Guessing } from './guessing.ts';
import { isStillProven, type Pending } from './pending.ts';

type Needs = GateNeeds & { guessing: Guessing; completeSignIn: CompleteSignIn };

/** The second step of a sign-in, for the browser that did the first. */
export function createSecondFactor({ storage, audit, factors, pendings, guessing, completeSignIn }: Needs) {
  const recordFailure = (origin: Origin, account: AccountWithRoles, factor: FactorKind) =>
    storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.failed', {
        target: targetOf(account),
        details: { email: account.email, factor },
      }),
    );

  /** The account as it is now, if the first step still holds for it. */
  async function requireProven(tx: Tx, pending: Pending): Promise<AccountWithRoles> {
    const account = await lockAccount(tx, pending.accountId);
    if (account === null || !isStillProven(account, pending)) throw new Problem('sign_in_over');
    return account;
  }

  return async function withCode(visitor: Visitor, { code }: { code: string }): Promise<SignInAnswer> {
    const opened = pendings.open(visitor.signInCookie.value);
    const account = opened && (await findAccount(storage.read, opened.content.accountId));
    if (!opened || !account) throw new Problem('sign_in_over');
    const forgive = await guessing.countTry(account.email ?? '', account.id, visitor.origin);
    const factor = factorOfCode(code);
    const entry = {
      method: opened.content.method,
      factor,
      // Once for the code, once for the password.
      forgive: async (tx: Tx) => {
        await forgive(tx);
        await forgive(tx);
      },
    };
    try {
      return await completeSignIn(visitor, entry, async (tx) => {
        const proven = await requireProven(tx, opened.content);
        if (!(await opened.spend(tx))) throw new Problem('sign_in_over');
        if (!(await factors.useCode(tx, proven.id, code))) throw new Problem('second_factor_failed', WORDS[factor]);
        return proven;
      });
    } catch (error) {
      if (error instanceof Problem && error.code === 'second_factor_failed') {
        await recordFailure(visitor.origin, account, factor);
      }
      throw error;
    }
  };
}

const WORDS = {
  totp: {},
  recovery_code: { detail: "That recovery code didn't work. Each works once; try another one of your list." },
};
