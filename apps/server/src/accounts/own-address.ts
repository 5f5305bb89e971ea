import type { AccountId } from '@latchkey/schemas';

import type { Audit } from '../audit/index.ts';
import type { Actor, Origin } from '../actors/index.ts';
import type { Mail } from '../mail/index.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import type { LinkMail } from './link-mail.ts';
import { issueLink, requireLinkedAccount, voidMailedLinks } from './links.ts';
import * as messages from './messages.ts';
import { targetOf } from './people.ts';
import * as rows from './rows.ts';

export type OwnAddressNeeds = {
  storage: Storage;
  audit: Audit;
  /** Ends everything that opens an account but its password, and says what for the audit. */
  endAccess: (tx: Tx, actor: Actor, id: AccountId) => Promise<{ details: object }>;
  mail: Mail;
  linkMail: LinkMail;
  clock: Clock;
  publicUrl: string;
};

/** Whether a link that was mailed to the account's address has come back. */
export async function isVerified(reader: Reader, id: AccountId): Promise<boolean> {
  const account = await rows.findAccount(reader, id);
  return account !== null && account.emailVerifiedAtMs !== null;
}

/** A person's own email address: proving that it reaches them, changing it, and taking it back. */
export function createOwnAddress(needs: OwnAddressNeeds) {
  const { storage, audit, endAccess, mail, linkMail, clock, publicUrl } = needs;

  /** The address goes over to the account, as an act. Whoever acts holds a link that was mailed to that very address. */
  async function moveTo(
    tx: Tx,
    origin: Origin,
    act: 'account.email_changed' | 'account.email_change_undone',
    { account, email, ended = {} }: { account: rows.AccountRow; email: string; ended?: object },
  ): Promise<void> {
    const details = { from: account.email, to: email, ...ended };
    // First, since its lock puts two who want the same address into one order.
    await audit.record(tx, { kind: 'anonymous', from: origin }, act, { target: targetOf(account), details });
    if (!(await rows.changeEmail(tx, account.id, email, clock()))) throw new Problem('email_taken');
    await voidMailedLinks(tx, account.id, clock());
  }

  /** After the answer, as mail that a stranger may have caused. */
  function mailVerification(accountId: AccountId, email: string): void {
    linkMail.send(email, async () => {
      const link = await storage.transact((tx) =>
        issueLink(tx, publicUrl, 'verify_email', { accountId, email }, clock()),
      );
      return messages.verificationMessage(email, link, publicUrl);
    });
  }

  return {
    async get({ accountId, email }: SessionActor): Promise<{ email: string; verified: boolean }> {
      return { email, verified: await isVerified(storage.read, accountId) };
    },

    /** Mails a link to the person's own address. */
    async askToVerify(actor: SessionActor): Promise<void> {
      await linkMail.countRequest(actor.from);
      mailVerification(actor.accountId, actor.email);
    },

    mailVerification,

    async verify(origin: Origin, token: string): Promise<{ email: string }> {
      return storage.transact(async (tx) => {
        const { account, email } = await requireLinkedAccount(tx, token, 'verify_email', clock());
        if (account.email !== email) throw new Problem('link_used');
        await rows.updateAccount(tx, account.id, { emailVerifiedAtMs: clock() });
        await audit.record(tx, { kind: 'anonymous', from: origin }, 'account.email_verified', {
          target: targetOf(account),
        });
        return { email };
      });
    },

    /** Mails a link to the new address; nothing changes before it is used. An address that somebody has gets a word about that. */
    async askToChange(actor: SessionActor, email: string): Promise<void> {
      const askedAtMs = clock();
      await linkMail.countRequest(actor.from);
      const { accountId } = actor;
      await storage.transact((tx) =>
        audit.record(tx, actor, 'account.email_change_asked', {
          target: { kind: 'account', id: accountId, name: actor.email },
          details: { to: email },
        }),
      );
      linkMail.send(email, async () => {
        if (await rows.findAccountByEmail(storage.read, email)) return messages.accountExistsMessage(email, publicUrl);
        const link = await storage.transact(async (tx) => {
          const account = await rows.lockAccount(tx, accountId);
          // Whoever changed the password since may have done so because of this very request.
          if (account === null || (account.passwordChangedAtMs ?? 0) > askedAtMs) return null;
          return issueLink(tx, publicUrl, 'change_email', { accountId, email }, clock());
        });
        return link && messages.emailChangeMessage(email, link, publicUrl);
      });
    },

    /** The old address is told, with a link that takes it back. */
    async change(origin: Origin, token: string): Promise<{ email: string }> {
      const { email, before, link } = await storage.transact(async (tx) => {
        const { account, email: wanted } = await requireLinkedAccount(tx, token, 'change_email', clock());
        await moveTo(tx, origin, 'account.email_changed', { account, email: wanted });
        const owner = { accountId: account.id, email: account.email };
        return {
          email: wanted,
          before: account.email ?? '',
          link: await issueLink(tx, publicUrl, 'undo_email', owner, clock()),
        };
      });
      mail.later(async () => void (await mail.send(messages.emailChangedMessage(before, email, link, publicUrl))));
      return { email };
    },

    /**
     * Whoever changed it may know the password, hold sessions, and have made keys: all that opens the account ends, as with a
     * lockdown, with the links that would take it to an address that it had later, and a link for a new password is mailed.
     */
    async takeBack(origin: Origin, token: string): Promise<{ email: string }> {
      const { email, link } = await storage.transact(async (tx) => {
        const { account, email: own, issuedAtMs } = await requireLinkedAccount(tx, token, 'undo_email', clock());
        const { details } = await endAccess(tx, { kind: 'anonymous', from: origin }, account.id);
        await moveTo(tx, origin, 'account.email_change_undone', { account, email: own, ended: details });
        await rows.voidUndoLinksSince(tx, account.id, issuedAtMs, clock());
        await rows.updateAccount(tx, account.id, { passwordHash: null, passwordChangedAtMs: null });
        return {
          email: own,
          link: await issueLink(tx, publicUrl, 'reset', { accountId: account.id, email: own }, clock()),
        };
      });
      mail.later(async () => void (await mail.send(messages.resetMessage(email, link, publicUrl))));
      return { email };
    },
  };
}

export type OwnAddress = ReturnType<typeof createOwnAddress>;
