import type { PasskeyAssertion, PasskeyRequest, SignInAnswer } from '@latchkey/schemas';

import { factorOfCode } from '../factors/index.ts';
import { Problem } from '../problems/index.ts';
import type { GateNeeds, Visitor } from './gate.ts';
import type { Prove, SecondStep } from './second-step.ts';

type Needs = Pick<GateNeeds, 'factors' | 'passkeys'> & { secondStep: SecondStep };

/** The factor that somebody has, after the password. */
export function createSecondFactor({ factors, passkeys, secondStep }: Needs) {
  const { requirePending, finish } = secondStep;

  return {
    withCode(visitor: Visitor, { code, trustDevice }: { code: string; trustDevice: boolean }): Promise<SignInAnswer> {
      const factor = factorOfCode(code);
      const prove: Prove = async (tx, { id }) => {
        if (!(await factors.useCode(tx, id, code))) throw new Problem('second_factor_failed', WORDS[factor]);
      };
      return finish(visitor, { factor, trustDevice, ready: async () => prove });
    },

    async askPasskey(visitor: Visitor): Promise<PasskeyRequest> {
      const { account } = await requirePending(visitor);
      return passkeys.askSecond(visitor.passkeyCookie, account.id);
    },

    async withPasskey(visitor: Visitor, offered: { passkey: PasskeyAssertion; trustDevice: boolean }) {
      const ready = async (): Promise<Prove> => {
        const { purpose, accountId, commit } = await passkeys.verify(visitor.passkeyCookie, offered.passkey);
        return async (tx, { id }) => {
          if (purpose.kind !== 'second' || purpose.accountId !== id || accountId !== id)
            throw new Problem('passkey_failed');
          await commit(tx);
        };
      };
      return finish(visitor, { factor: 'passkey', trustDevice: offered.trustDevice, ready });
    },
  };
}

const WORDS = {
  totp: {},
  recovery_code: { detail: "That recovery code didn't work. Each works once; try another one of your list." },
};
