import type { PasskeyAssertion, SignInAnswer } from '@latchkey/schemas';

import { lockAccount } from '../accounts/index.ts';
import { Problem } from '../problems/index.ts';
import type { CompleteSignIn, GateNeeds, Visitor } from './gate.ts';
import type { Guessing } from './guessing.ts';

type Needs = GateNeeds & { guessing: Guessing; completeSignIn: CompleteSignIn };

const FAILURES = new Set(['passkey_failed', 'sign_in_failed']);

/** A passkey in the place of password and second factor: it is there, and it has made sure who uses it. */
export function createPasskeyAlone({ storage, audit, passkeys, guessing, completeSignIn }: Needs) {
  async function recordFailure({ origin }: Visitor): Promise<void> {
    if (!(await guessing.isWorthNoting(origin))) return;
    const details = { email: null, factor: 'passkey' };
    await storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.failed', { details }),
    );
  }

  return async function withPasskeyAlone(visitor: Visitor, assertion: PasskeyAssertion): Promise<SignInAnswer> {
    try {
      const signed = await passkeys.verify(visitor.passkeyCookie, assertion);
      return await completeSignIn(visitor, { method: 'passkey', factor: 'passkey' }, async (tx) => {
        const account = await lockAccount(tx, signed.accountId);
        if (signed.purpose.kind !== 'only' || account === null) throw new Problem('passkey_failed');
        await signed.commit(tx);
        return account;
      });
    } catch (error) {
      if (error instanceof Problem && FAILURES.has(error.code)) await recordFailure(visitor);
      throw error;
    }
  };
}
