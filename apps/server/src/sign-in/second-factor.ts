import type { PasskeyAssertion, PasskeyRequest, SignInAnswer } from '@latchkey/schemas';

import type { AccountWithRoles } from '../accounts/index.ts';
import { factorOfCode } from '../factors/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import type { GateNeeds, Visitor } from './gate.ts';
import type { SecondStep } from './second-step.ts';

type Needs = Pick<GateNeeds, 'factors' | 'passkeys'> & { secondStep: SecondStep };

/** The factor that somebody has, after the password. */
export function createSecondFactor({ factors, passkeys, secondStep }: Needs) {
  const { requirePending, finish } = secondStep;

  return {
    withCode(visitor: Visitor, { code, trustDevice }: { code: string; trustDevice: boolean }): Promise<SignInAnswer> {
      const factor = factorOfCode(code);
      const prove = async (tx: Tx, { id }: AccountWithRoles) => {
        if (!(await factors.useCode(tx, id, code))) throw new Problem('second_factor_failed', WORDS[factor]);
      };
      return finish(visitor, { factor, trustDevice, prove });
    },

    async askPasskey(visitor: Visitor): Promise<PasskeyRequest> {
      const { account } = await requirePending(visitor);
      return passkeys.askSecond(visitor.passkeyCookie, account.id);
    },

    async withPasskey(visitor: Visitor, offered: { passkey: PasskeyAssertion; trustDevice: boolean }) {
      const signed = await passkeys.verify(visitor.passkeyCookie, offered.passkey);
      const prove = async (tx: Tx, { id }: AccountWithRoles) => {
        const { purpose, accountId } = signed;
        if (purpose.kind !== 'second' || purpose.accountId !== id || accountId !== id)
          throw new Problem('passkey_failed');
        await signed.commit(tx);
      };
      return finish(visitor, { factor: 'passkey', trustDevice: offered.trustDevice, prove });
    },
  };
}

const WORDS = {
  totp: {},
  recovery_code: { detail: "That recovery code didn't work. Each works once; try another one of your list." },
};
