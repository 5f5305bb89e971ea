import { email as emailSchema, type SignInAnswer } from '@latchkey/schemas';

import {
  addAccount,
  findAccount,
  findAccountByEmail,
  findUsableLink,
  hasAnyPerson,
  issueLink,
  lockAccount,
  personRow,
  requireLink,
  targetOf,
  updateAccount,
  voidMailedLinks,
  type AccountWithRoles,
} from '../accounts/index.ts';
import { SERVER, type Origin } from '../actors/index.ts';
import type { PasswordHasher } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import { createConfirmation } from './confirmation.ts';
import { createEnrolment } from './enrolment.ts';
import { createGate, type GateNeeds, type Visitor } from './gate.ts';
import { addressOrNull, type Guessing } from './guessing.ts';
import { createPasskeyAlone } from './passkey-alone.ts';
import { createSecondFactor } from './second-factor.ts';
import { createSecondStep } from './second-step.ts';

export type SignInNeeds = GateNeeds & {
  passwords: PasswordHasher;
  guessing: Guessing;
  publicUrl: string;
};

type NewPerson = { email: string; name: string; password: string };

export function createSignIn(needs: SignInNeeds) {
  const { storage, audit, sessions, passwords, guessing, clock, publicUrl } = needs;
  const completeSignIn = createGate(needs);
  const secondStep = createSecondStep({ ...needs, completeSignIn });
  let isSetUp = false;

  const recordFailure = (origin: Origin, email: string, account: AccountWithRoles | null) =>
    storage.transact((tx) =>
      audit.record(tx, { kind: 'anonymous', from: origin }, 'sign_in.failed', {
        ...(account ? { target: targetOf(account) } : {}),
        details: { email: addressOrNull(email) },
      }),
    );

  /** Today's parameters for a hash that was made with yesterday's. */
  async function strengthen(account: AccountWithRoles, password: string): Promise<void> {
    if (account.passwordHash === null || !passwords.needsRehash(account.passwordHash)) return;
    const passwordHash = await passwords.hash(password);
    await storage.transact(async (tx) => {
      const now = await lockAccount(tx, account.id);
      if (now?.passwordHash === account.passwordHash) await updateAccount(tx, account.id, { passwordHash });
    });
  }

  /** Refuses what isn't the signed-in person's password; counted as a guess like any other. Returns the hash that it matches. */
  async function provePassword(actor: SessionActor, password: string): Promise<string | null> {
    const forgive = await guessing.countTry(actor.email, actor.accountId, actor.from);
    const account = await findAccount(storage.read, actor.accountId);
    const hash = account?.passwordHash ?? null;
    if (!(await passwords.verify(hash, password))) {
      await recordFailure(actor.from, actor.email, account);
      throw new Problem('sign_in_failed', { detail: "That isn't your password." });
    }
    await storage.transact(forgive);
    return hash;
  }

  async function checkSetup(token: string) {
    const link = await findUsableLink(storage.read, token, 'setup', clock());
    const valid = link !== null && !(await hasAnyPerson(storage.read));
    return { valid, email: null, expiresAtMs: valid ? link.expiresAtMs : null };
  }

  async function checkInvitation(token: string) {
    const link = await findUsableLink(storage.read, token, 'invitation', clock());
    const account = link?.accountId ? await findAccount(storage.read, link.accountId) : null;
    if (link === null || account?.status !== 'invited') return { valid: false, email: null, expiresAtMs: null };
    return { valid: true, email: account.email, expiresAtMs: link.expiresAtMs };
  }

  return {
    async withPassword(visitor: Visitor, offered: { email: string; password: string }): Promise<SignInAnswer> {
      const { origin } = visitor;
      const parsed = emailSchema.safeParse(offered.email);
      const email = parsed.success ? parsed.data : offered.email;
      const account = parsed.success ? await findAccountByEmail(storage.read, email) : null;
      const forgive = await guessing.countTry(email, account?.id ?? null, origin);
      // An account that is unknown, disabled or without a password costs a whole hash as well: time tells a stranger nothing.
      const matches = await passwords.verify(account?.passwordHash ?? null, offered.password);
      if (!matches || account?.status !== 'active') {
        await recordFailure(origin, email, account);
        throw new Problem('sign_in_failed');
      }
      const answer = await completeSignIn(visitor, { method: 'password', forgive }, async (tx) =>
        requireSamePassword(await lockAccount(tx, account.id), account.passwordHash),
      );
      await strengthen(account, offered.password);
      return answer;
    },

    secondFactor: createSecondFactor({ ...needs, secondStep }),
    enrolment: createEnrolment({ ...needs, secondStep }),

    askPasskey: ({ passkeyCookie }: Visitor) => needs.passkeys.askAny(passkeyCookie),
    withPasskeyAlone: createPasskeyAlone({ ...needs, guessing, completeSignIn }),

    /** Asked by every page until somebody is there. Then it stays so: accounts are never deleted. */
    async needsSetup(): Promise<boolean> {
      isSetUp ||= await hasAnyPerson(storage.read);
      return !isSetUp;
    },

    /** Voids the links before it. */
    async issueSetupLink(): Promise<string> {
      return (
        await storage.transact((tx) => issueLink(tx, publicUrl, 'setup', { accountId: null, email: null }, clock()))
      ).url;
    },

    checkSetup,

    async completeSetup(visitor: Visitor, { token, email, name, password }: NewPerson & { token: string }) {
      if (!(await checkSetup(token)).valid) throw new Problem('link_used');
      const passwordHash = await passwords.hashChosen(password, { own: [email, name] });
      return completeSignIn(visitor, { method: 'setup' }, async (tx) => {
        await requireLink(tx, token, 'setup', clock());
        if (await hasAnyPerson(tx)) throw new Problem('link_used');
        const account = personRow({ email, name, passwordHash, nowMs: clock() });
        await addAccount(tx, audit, { kind: 'anonymous', from: visitor.origin }, account, ['admin'], 'setup.completed');
        return { ...account, roles: ['admin'] };
      });
    },

    /** The first admin from the environment, when there is nobody yet. */
    async createFirstAdmin(email: string, password: string): Promise<void> {
      const passwordHash = await passwords.hashChosen(password, { own: [email] });
      await storage.transact(async (tx) => {
        if (await hasAnyPerson(tx)) return;
        const account = personRow({ email, name: email.slice(0, email.indexOf('@')), passwordHash, nowMs: clock() });
        await addAccount(tx, audit, SERVER, account, ['admin'], 'setup.completed');
      });
    },

    checkInvitation,

    async acceptInvitation(
      visitor: Visitor,
      { token, name, password }: { token: string; name: string; password: string },
    ) {
      const { valid, email } = await checkInvitation(token);
      if (!valid) throw new Problem('link_used');
      const passwordHash = await passwords.hashChosen(password, { own: [email ?? '', name] });
      return completeSignIn(visitor, { method: 'invitation' }, async (tx) => {
        const link = await findUsableLink(tx, token, 'invitation', clock());
        const account = link?.accountId ? await lockAccount(tx, link.accountId) : null;
        await requireLink(tx, token, 'invitation', clock());
        // Disabled since it was invited: the link no longer lets in.
        if (account?.status !== 'invited') throw new Problem('link_used');
        const now = { passwordChangedAtMs: clock(), emailVerifiedAtMs: account.emailVerifiedAtMs ?? clock() };
        const change = { name, passwordHash, ...now, status: 'active' as const };
        await updateAccount(tx, account.id, change);
        await audit.record(tx, { kind: 'anonymous', from: visitor.origin }, 'account.invitation_accepted', {
          target: targetOf(account),
        });
        return { ...account, ...change };
      });
    },

    confirm: createConfirmation({ ...needs, guessing, provePassword }),

    /** Ends the account's other sessions, and what they asked for by mail: whoever else knew the old password is out. */
    async changePassword(
      actor: SessionActor,
      { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    ): Promise<{ ended: number }> {
      const verifiedHash = await provePassword(actor, currentPassword);
      const own = [actor.email, actor.name];
      const passwordHash = await passwords.hashChosen(newPassword, { own, field: 'newPassword' });
      return storage.transact(async (tx) => {
        requireSamePassword(await lockAccount(tx, actor.accountId), verifiedHash);
        await updateAccount(tx, actor.accountId, { passwordHash, passwordChangedAtMs: clock() });
        await needs.devices.distrust(tx, actor.accountId);
        await audit.record(tx, actor, 'account.password_changed', {
          target: { kind: 'account', id: actor.accountId, name: actor.email },
        });
        await voidMailedLinks(tx, actor.accountId, clock());
        return { ended: await sessions.endAll(tx, actor, actor.accountId, actor.credential.id) };
      });
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;

/** The account as it is inside the transaction: its password may have been changed while the offered one was looked at. */
function requireSamePassword(account: AccountWithRoles | null, verifiedHash: string | null): AccountWithRoles {
  if (account === null || account.passwordHash !== verifiedHash) throw new Problem('sign_in_failed');
  return account;
}
