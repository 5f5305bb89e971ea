import { accountId, type AccountId, type Session, type SessionId, type User } from '@latchkey/schemas';

import { keyOf, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomId, type PasswordHasher } from '../crypto/index.ts';
import type { Mail } from '../mail/index.ts';
import { readPermissions, refuseToExceed, requireRoles } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Sessions } from '../sessions/index.ts';
import { decodeCursor, pageOf, type Reader, type Storage, type Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { issueLink, type OneTimeLink } from './links.ts';
import { invitationMessage } from './messages.ts';
import * as rows from './rows.ts';

export type AccountsNeeds = {
  storage: Storage;
  audit: Audit;
  sessions: Sessions;
  mail: Mail;
  passwords: PasswordHasher;
  clock: Clock;
  publicUrl: string;
};

type NewPerson = { email: string; name?: string | undefined; roles: string[]; password?: string | undefined };
type PersonChange = {
  id: AccountId;
  name?: string | undefined;
  roles?: string[] | undefined;
  disabled?: boolean | undefined;
};

/** People as admins see them. */
export function createPeople({ storage, audit, sessions, mail, passwords, clock, publicUrl }: AccountsNeeds) {
  const mailInvitation = (to: string, link: OneTimeLink) => mail.send(invitationMessage(to, link, publicUrl));

  return {
    async list(filter: {
      cursor?: string | undefined;
      limit: number;
      q?: string | undefined;
      status?: User['status'] | undefined;
      role?: string | undefined;
      secondFactor?: 'none' | undefined;
    }) {
      const before = decodeCursor(filter.cursor);
      const found = await rows.listAccounts(storage.read, { ...filter, kind: 'person' }, before, filter.limit + 1);
      const page = pageOf(found, filter.limit, (row) => row);
      return { ...page, items: await usersOf(storage.read, page.items) };
    },

    async get(id: AccountId): Promise<User> {
      return userOf(storage.read, await requireAccount(storage.read, id, 'person'));
    },

    /** The id of the person with this id or email address. */
    async findId(idOrEmail: string): Promise<AccountId> {
      const id = accountId.safeParse(idOrEmail);
      if (id.success) return id.data;
      const account = await rows.findAccountByEmail(storage.read, idOrEmail.toLowerCase());
      if (account === null) throw new Problem('not_found');
      return account.id;
    },

    /** With a password the person can sign in at once; without, they are sent an invitation, which is returned as well. */
    async create(actor: Actor, { email, name, roles: given, password }: NewPerson) {
      const roles = inOrder(given);
      refuseToExceed(actor, await requireRoles(storage.read, roles));
      if (password !== undefined && isByKey(actor)) {
        throw new Problem('credential_not_accepted', {
          denial: { missing: ['credential'], wouldBeEnough: ['session', 'access_token'] },
        });
      }
      const passwordHash =
        password === undefined ? null : await passwords.hashChosen(password, { own: [email, name ?? ''] });
      const account: rows.AccountRow = {
        ...personRow({ email, name: name ?? email.slice(0, email.indexOf('@')), passwordHash, nowMs: clock() }),
        status: passwordHash === null ? 'invited' : 'active',
      };
      const link = await storage.transact(async (tx) => {
        const act = passwordHash === null ? 'account.invited' : 'account.created';
        await addAccount(tx, audit, actor, account, roles, act);
        return passwordHash === null
          ? issueLink(tx, publicUrl, 'invitation', { accountId: account.id, email }, clock())
          : null;
      });
      const mailed = link !== null && (await mailInvitation(email, link));
      return {
        user: userWith({ ...account, roles }, []),
        invitationLink: link && linkFor(actor, link),
        invitationExpiresAtMs: link?.expiresAtMs ?? null,
        mailed,
      };
    },

    /** Sends a new invitation; the one before stops working. */
    async resendInvitation(actor: Actor, id: AccountId) {
      const { account, link } = await storage.transact(async (tx) => {
        const invited = await requireWithin(tx, actor, id, 'person');
        if (invited.status !== 'invited') throw new Problem('state_conflict');
        await audit.record(tx, actor, 'account.invited', { target: targetOf(invited) });
        return {
          account: invited,
          link: await issueLink(tx, publicUrl, 'invitation', { accountId: id, email: invited.email }, clock()),
        };
      });
      const mailed = await mailInvitation(account.email ?? '', link);
      const invitationLink = linkFor(actor, link);
      return { user: userWith(account, []), invitationLink, invitationExpiresAtMs: link.expiresAtMs, mailed };
    },

    async update(actor: Actor, change: PersonChange): Promise<User> {
      return storage.transact(async (tx) =>
        userOf(tx, await changeAccount({ tx, actor, audit, sessions }, 'person', change)),
      );
    },

    async listSessions(id: AccountId): Promise<{ items: Session[] }> {
      await requireAccount(storage.read, id, 'person');
      return sessions.list(id, null);
    },

    /** Ends one session of somebody who holds no more than the actor. */
    async endSession(actor: Actor, id: AccountId, sessionId: SessionId): Promise<void> {
      await storage.transact(async (tx) => {
        await requireWithin(tx, actor, id, 'person');
        await sessions.endOne(tx, actor, id, sessionId);
      });
    },

    async endSessions(actor: Actor, id: AccountId): Promise<{ ended: number }> {
      return storage.transact(async (tx) => {
        await requireWithin(tx, actor, id, 'person');
        return { ended: await sessions.endAll(tx, actor, id, null) };
      });
    },

    /** A person's change of their own name. */
    async rename(actor: Actor, id: AccountId, name: string): Promise<void> {
      await storage.transact(async (tx) => {
        const account = await requireLocked(tx, id, 'person');
        await rename(tx, audit, actor, account, name);
      });
    },
  };
}

export type People = ReturnType<typeof createPeople>;

type ChangeNeeds = { tx: Tx; actor: Actor; audit: Audit; sessions: Sessions };

/** Changes an account's name, roles or state. Whoever does it must hold everything that the account has and will have. */
export async function changeAccount(
  needs: ChangeNeeds,
  kind: rows.AccountRow['kind'],
  { id, name, roles, disabled }: PersonChange,
): Promise<rows.AccountWithRoles> {
  const { tx, actor, audit } = needs;
  const account = await requireWithin(tx, actor, id, kind);
  if (name !== undefined && name !== account.name) await rename(tx, audit, actor, account, name);
  if (roles !== undefined) await changeRoles(needs, account, roles);
  if (disabled !== undefined) await changeState(needs, account, disabled);
  return requireAccount(tx, id, kind);
}

/** Each role once, as they are read back. */
export function inOrder(roles: readonly string[]): string[] {
  return [...new Set(roles)].toSorted();
}

async function rename(tx: Tx, audit: Audit, actor: Actor, account: rows.AccountRow, name: string): Promise<void> {
  await rows.updateAccount(tx, account.id, { name });
  await audit.record(tx, actor, 'account.renamed', {
    target: targetOf(account),
    details: { from: account.name, to: name },
  });
}

async function changeRoles(needs: ChangeNeeds, account: rows.AccountWithRoles, roles: string[]): Promise<void> {
  const { tx, actor, audit } = needs;
  const wanted = inOrder(roles);
  if (wanted.join() === account.roles.join()) return;
  refuseToExceed(actor, await requireRoles(tx, wanted));
  await rows.replaceRoles(tx, account.id, wanted);
  await audit.record(tx, actor, 'account.roles_changed', {
    target: targetOf(account),
    details: { from: account.roles, to: wanted },
  });
  await keepAnAdmin(tx, account);
}

async function changeState(needs: ChangeNeeds, account: rows.AccountWithRoles, disabled: boolean): Promise<void> {
  const { tx, actor, audit, sessions } = needs;
  if (disabled === (account.status === 'disabled')) return;
  const status = disabled
    ? 'disabled'
    : account.passwordHash === null && account.kind === 'person' && account.lastSignInAtMs === null
      ? 'invited'
      : 'active';
  await rows.updateAccount(tx, account.id, { status });
  await audit.record(tx, actor, disabled ? 'account.disabled' : 'account.enabled', { target: targetOf(account) });
  if (disabled) await sessions.endAll(tx, actor, account.id, null);
  await keepAnAdmin(tx, account);
}

/** Runs after the audit entry, whose lock puts two admins who remove each other at once into one order. */
export async function keepAnAdmin(tx: Tx, account: rows.AccountWithRoles): Promise<void> {
  if (account.roles.includes('admin') && (await rows.countActiveAdmins(tx)) === 0) throw new Problem('last_admin');
}

/** Inserts the account with its audit entry. */
export async function addAccount(
  tx: Tx,
  audit: Audit,
  actor: Actor,
  account: rows.AccountRow,
  roles: readonly string[],
  act: 'account.created' | 'account.invited' | 'account.signed_up' | 'setup.completed',
): Promise<void> {
  if (!(await rows.insertAccount(tx, account, roles))) throw new Problem('email_taken');
  await audit.record(tx, actor, act, { target: targetOf(account), details: { roles: [...roles] } });
}

/** A person who can sign in at once. */
export function personRow(person: {
  email: string;
  name: string;
  passwordHash: string | null;
  nowMs: number;
}): rows.AccountRow {
  return {
    id: randomId('acc'),
    kind: 'person',
    email: person.email,
    name: person.name,
    passwordHash: person.passwordHash,
    passwordChangedAtMs: person.passwordHash === null ? null : person.nowMs,
    status: 'active',
    createdAtMs: person.nowMs,
    lastSignInAtMs: null,
    emailVerifiedAtMs: null,
  };
}

export async function requireAccount(
  reader: Reader,
  id: AccountId,
  kind: rows.AccountRow['kind'],
): Promise<rows.AccountWithRoles> {
  return ofKind(await rows.findAccount(reader, id), kind);
}

async function requireLocked(tx: Tx, id: AccountId, kind: rows.AccountRow['kind']): Promise<rows.AccountWithRoles> {
  return ofKind(await rows.lockAccount(tx, id), kind);
}

/** For those who hold everything that the account holds: otherwise a helper could lift a friend, or throw out an admin. */
export async function requireWithin(
  tx: Tx,
  actor: Actor,
  id: AccountId,
  kind: rows.AccountRow['kind'],
): Promise<rows.AccountWithRoles> {
  const account = await requireLocked(tx, id, kind);
  refuseToExceed(actor, [...(await readPermissions(tx, account.roles))]);
  return account;
}

function ofKind(account: rows.AccountWithRoles | null, kind: rows.AccountRow['kind']): rows.AccountWithRoles {
  if (account === null || account.kind !== kind || account.status === 'closed') throw new Problem('not_found');
  return account;
}

export function targetOf({ id, name, email }: rows.AccountRow) {
  return { kind: 'account', id, name: email ?? name };
}

/** A key can't touch passwords: with one it could make itself a person, and that person anything [B28]. */
function isByKey(actor: Actor): boolean {
  return actor.kind !== 'anonymous' && actor.kind !== 'system' && keyOf(actor.credential) !== null;
}

/** Whoever has the link chooses the password, so that a key isn't told it: the mail alone brings it. */
function linkFor(actor: Actor, link: OneTimeLink): string | null {
  return isByKey(actor) ? null : link.url;
}

async function userOf(reader: Reader, account: rows.AccountWithRoles): Promise<User> {
  const factors = await rows.factorsOf(reader, [account.id]);
  return userWith(account, factors.get(account.id) ?? []);
}

async function usersOf(reader: Reader, accounts: rows.AccountWithRoles[]): Promise<User[]> {
  const factors = await rows.factorsOf(
    reader,
    accounts.map(({ id }) => id),
  );
  return accounts.map((each) => userWith(each, factors.get(each.id) ?? []));
}

function userWith(account: rows.AccountWithRoles, secondFactors: User['secondFactors']): User {
  const { id, email, name, roles, createdAtMs, lastSignInAtMs } = account;
  // A closed one is neither listed nor found.
  const status = account.status as User['status'];
  return { id, email: email ?? '', name, roles, status, createdAtMs, lastSignInAtMs, secondFactors };
}
