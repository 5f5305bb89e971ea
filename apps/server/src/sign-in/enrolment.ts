import type { FactorKind, PasskeyAttestation, PasskeyCreation, TotpEnrolment } from '@latchkey/schemas';

import type { AccountWithRoles } from '../accounts/index.ts';
import type { AnonymousActor } from '../actors/index.ts';
import type { AddFactor, Owner } from '../factors/index.ts';
import { Problem } from '../problems/index.ts';
import type { GateNeeds, Visitor } from './gate.ts';
import type { Prove, SecondStep } from './second-step.ts';

type Needs = Pick<GateNeeds, 'factors' | 'passkeys'> & { secondStep: SecondStep };

/** Setting up the factor that a role wants, after the password and in the place of proving one. */
export function createEnrolment({ factors, passkeys, secondStep }: Needs) {
  async function requireOwner(visitor: Visitor): Promise<Owner> {
    return ownerOf((await secondStep.requirePending(visitor)).account);
  }

  async function finish(visitor: Visitor, factor: FactorKind, add: AddFactor): Promise<{ codes: string[] }> {
    const by: AnonymousActor = { kind: 'anonymous', from: visitor.origin };
    let made: { codes: string[] } = { codes: [] };
    const prove: Prove = async (tx, account) => {
      // Whoever has a factor proves that one: a password alone adds none beside it.
      if ((await factors.kindsOf(tx, account.id)).length > 0) throw new Problem('sign_in_over');
      made = await add(tx, by, ownerOf(account));
    };
    await secondStep.finish(visitor, { factor, trustDevice: false, ready: async () => prove });
    return made;
  }

  return {
    async startTotp(visitor: Visitor): Promise<TotpEnrolment> {
      return factors.startTotp(await requireOwner(visitor));
    },

    async confirmTotp(visitor: Visitor, offered: { enrolment: string; code: string }) {
      return finish(visitor, 'totp', factors.verifyTotp(await requireOwner(visitor), offered));
    },

    async startPasskey(visitor: Visitor): Promise<PasskeyCreation> {
      return passkeys.startEnrolling(await requireOwner(visitor), visitor.passkeyCookie);
    },

    async addPasskey(visitor: Visitor, offered: { name: string; passkey: PasskeyAttestation }) {
      const { accountId } = await requireOwner(visitor);
      const add = await factors.verifyPasskey(visitor.passkeyCookie, offered, { kind: 'enrol', accountId });
      return finish(visitor, 'passkey', add);
    },
  };
}

function ownerOf({ id, email, name }: AccountWithRoles): Owner {
  return { accountId: id, email: email ?? '', name };
}
