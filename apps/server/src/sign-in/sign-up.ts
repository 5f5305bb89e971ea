import type { SignInAnswer } from '@latchkey/schemas';

import {
  accountExistsMessage,
  addAccount,
  findAccountByEmail,
  findUsableLink,
  hasAnyPerson,
  issueLink,
  personRow,
  requireLink,
  signUpMessage,
  type LinkMail,
} from '../accounts/index.ts';
import type { Origin } from '../actors/index.ts';
import type { PasswordHasher } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import { createGate, type GateNeeds, type Visitor } from './gate.ts';

export type SignUpNeeds = GateNeeds & {
  passwords: PasswordHasher;
  linkMail: LinkMail;
  publicUrl: string;
};

/**
 * Signing up begins with the address, and goes on by the link that is mailed to it. So nobody learns from it who has an
 * account, and nobody prepares an account, with a password of their own, that another then verifies.
 */
export function createSignUp(needs: SignUpNeeds) {
  const { storage, audit, passwords, settings, linkMail, clock, publicUrl } = needs;
  const completeSignIn = createGate(needs);

  async function requireOpen(): Promise<void> {
    const { signUpOpen } = await settings.get();
    if (!signUpOpen || !(await hasAnyPerson(storage.read))) throw new Problem('sign_up_closed');
  }

  async function check(token: string) {
    const link = await findUsableLink(storage.read, token, 'sign_up', clock());
    return { valid: link !== null, email: link?.email ?? null, expiresAtMs: link?.expiresAtMs ?? null };
  }

  return {
    /** Answers the same whether there is such an account or not, and as fast. */
    async request(origin: Origin, email: string): Promise<void> {
      await requireOpen();
      await linkMail.countRequest(origin);
      linkMail.send(email, async () => {
        if (await findAccountByEmail(storage.read, email)) return accountExistsMessage(email, publicUrl);
        const owner = { accountId: null, email };
        const link = await storage.transact((tx) => issueLink(tx, publicUrl, 'sign_up', owner, clock()));
        return signUpMessage(email, link, publicUrl);
      });
    },

    check,

    async complete(
      visitor: Visitor,
      { token, name, password }: { token: string; name: string; password: string },
    ): Promise<SignInAnswer> {
      await requireOpen();
      const { valid, email } = await check(token);
      if (!valid || email === null) throw new Problem('link_used');
      const passwordHash = await passwords.hashChosen(password, { own: [email, name] });
      return completeSignIn(visitor, { method: 'sign_up' }, async (tx) => {
        await requireLink(tx, token, 'sign_up', clock());
        const nowMs = clock();
        const account = { ...personRow({ email, name, passwordHash, nowMs }), emailVerifiedAtMs: nowMs };
        await addAccount(
          tx,
          audit,
          { kind: 'anonymous', from: visitor.origin },
          account,
          ['member'],
          'account.signed_up',
        );
        return { ...account, roles: ['member'] };
      });
    },
  };
}

export type SignUp = ReturnType<typeof createSignUp>;
