import type { SignInAnswer } from '@latchkey/schemas';

import {
  findAccount,
  findAccountByEmail,
  findUsableLink,
  invitationMessage,
  issueLink,
  requireLinkedAccount,
  resetMessage,
  targetOf,
  updateAccount,
  voidMailedLinks,
  type AccountWithRoles,
  type LinkMail,
} from '../accounts/index.ts';
import type { Origin } from '../actors/index.ts';
import type { PasswordHasher } from '../crypto/index.ts';
import type { MailMessage } from '../mail/index.ts';
import { Problem } from '../problems/index.ts';
import { createGate, type GateNeeds, type Visitor } from './gate.ts';

export type ResetNeeds = GateNeeds & { passwords: PasswordHasher; linkMail: LinkMail; publicUrl: string };

/** A new password by mail. It proves the address alone: a second factor is asked for all the same. */
export function createReset(needs: ResetNeeds) {
  const { storage, audit, sessions, devices, passwords, linkMail, clock, publicUrl } = needs;
  const completeSignIn = createGate(needs);

  async function mailFor(account: AccountWithRoles, email: string, origin: Origin): Promise<MailMessage> {
    const owner = { accountId: account.id, email };
    const isInvited = account.status === 'invited';
    const link = await storage.transact(async (tx) => {
      await audit.record(tx, { kind: 'anonymous', from: origin }, 'account.password_reset_asked', {
        target: targetOf(account),
      });
      return issueLink(tx, publicUrl, isInvited ? 'invitation' : 'reset', owner, clock());
    });
    return (isInvited ? invitationMessage : resetMessage)(email, link, publicUrl);
  }

  async function check(token: string) {
    const link = await findUsableLink(storage.read, token, 'reset', clock());
    const account = link?.accountId ? await findAccount(storage.read, link.accountId) : null;
    if (link === null || account?.status !== 'active' || account.email !== link.email) {
      return { valid: false, email: null, expiresAtMs: null };
    }
    return { valid: true, email: account.email, expiresAtMs: link.expiresAtMs };
  }

  return {
    /** Answers the same whether there is such an account or not, and as fast. */
    async request(origin: Origin, email: string): Promise<void> {
      await linkMail.countRequest(origin);
      linkMail.send(email, async () => {
        const account = await findAccountByEmail(storage.read, email);
        return account === null || account.status === 'disabled' ? null : mailFor(account, email, origin);
      });
    },

    check,

    /** Ends all of the account's sessions, and begins one. */
    async complete(visitor: Visitor, { token, password }: { token: string; password: string }): Promise<SignInAnswer> {
      const { valid, email } = await check(token);
      if (!valid) throw new Problem('link_used');
      const passwordHash = await passwords.hashChosen(password, { own: [email ?? ''] });
      return completeSignIn(visitor, { method: 'reset' }, async (tx) => {
        const linked = await requireLinkedAccount(tx, token, 'reset', clock());
        const { account } = linked;
        if (account.email !== linked.email) throw new Problem('link_used');
        const now = { passwordChangedAtMs: clock(), emailVerifiedAtMs: account.emailVerifiedAtMs ?? clock() };
        const change = { passwordHash, ...now };
        await updateAccount(tx, account.id, change);
        const actor = { kind: 'anonymous', from: visitor.origin } as const;
        await audit.record(tx, actor, 'account.password_reset', { target: targetOf(account) });
        await voidMailedLinks(tx, account.id, clock());
        await sessions.endAll(tx, actor, account.id, null);
        await devices.forgetAll(tx, account.id);
        return { ...account, ...change };
      });
    },
  };
}

export type Reset = ReturnType<typeof createReset>;
