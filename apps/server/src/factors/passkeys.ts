import { isDeepStrictEqual } from 'node:util';

import type {
  AccountId,
  Passkey,
  PasskeyAssertion,
  PasskeyAttestation,
  PasskeyCreation,
  PasskeyId,
  PasskeyRequest,
} from '@latchkey/schemas';

import { lockAccount } from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomId, type Sealer } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { BrowserCookie, SessionActor } from '../rpc/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { CHALLENGE_LIFETIME_MS, createChallenges, type Purpose } from './challenges.ts';
import * as rows from './passkey-rows.ts';
import { ALGORITHMS, verifyAssertion, verifyAttestation } from './webauthn.ts';

export type PasskeysNeeds = { storage: Storage; audit: Audit; sealer: Sealer; clock: Clock; publicUrl: string };

/** Whose a factor is. */
export type Owner = Pick<SessionActor, 'accountId' | 'email' | 'name'>;

/** A passkey that has signed: whose it is, and what keeps it from signing twice. */
export type Signed = {
  accountId: AccountId;
  purpose: Purpose;
  /** In the transaction of what it is used for. Throws where the challenge was used, or the passkey is gone. */
  commit(tx: Tx): Promise<void>;
};

/** WebAuthn, in its own words: attestation makes a passkey, assertion uses one. */
export function createPasskeys({ storage, audit, sealer, clock, publicUrl }: PasskeysNeeds) {
  const challenges = createChallenges({ sealer, clock });
  const { hostname, host } = new URL(publicUrl);

  async function request(cookie: BrowserCookie, purpose: Purpose, of: AccountId | null): Promise<PasskeyRequest> {
    return {
      challenge: challenges.give(cookie, purpose),
      rpId: hostname,
      allowCredentials: of === null ? [] : await descriptors(storage.read, of),
      userVerification: purpose.kind === 'only' ? 'required' : 'preferred',
      timeout: CHALLENGE_LIFETIME_MS,
    };
  }

  async function startMaking(owner: Owner, cookie: BrowserCookie, purpose: Purpose): Promise<PasskeyCreation> {
    const { accountId, email, name } = owner;
    return {
      challenge: challenges.give(cookie, purpose),
      rp: { id: hostname, name: host },
      user: { id: handleOf(accountId), name: email, displayName: name },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: await descriptors(storage.read, accountId),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: CHALLENGE_LIFETIME_MS,
    };
  }

  return {
    list: async (reader: Reader, accountId: AccountId): Promise<Passkey[]> =>
      (await rows.listPasskeys(reader, accountId)).map(passkeyOf),

    startAdding: (actor: SessionActor, cookie: BrowserCookie) => startMaking(actor, cookie, addedIn(actor)),

    /** For somebody who isn't signed in yet, and whom a role lets in with one alone. */
    startEnrolling: (owner: Owner, cookie: BrowserCookie) =>
      startMaking(owner, cookie, { kind: 'enrol', accountId: owner.accountId }),

    /** Looks at a new passkey. Nothing has happened until what it returns is called, in the transaction that adds it. */
    async verifyNew(
      cookie: BrowserCookie,
      { name, passkey }: { name: string; passkey: PasskeyAttestation },
      purpose: Purpose,
    ) {
      const opened = challenges.open(cookie);
      if (!opened || !isDeepStrictEqual(opened.content.purpose, purpose)) throw new Problem('passkey_failed');
      const { challenge } = opened.content;
      const key = await verifyAttestation(passkey, { challenge, origin: publicUrl });
      const made = { id: randomId('pky'), name, createdAtMs: clock(), lastUsedAtMs: null };
      return async (tx: Tx, by: Actor, { accountId }: Owner): Promise<void> => {
        if (!(await opened.spend(tx))) throw new Problem('passkey_failed');
        if (!(await rows.insertPasskey(tx, { ...made, ...key, accountId }))) throw new Problem('passkey_taken');
        await audit.record(tx, by, 'passkey.added', { target: targetOf(made) });
      };
    },

    async rename(actor: SessionActor, { id, name }: { id: PasskeyId; name: string }): Promise<void> {
      await storage.transact(async (tx) => {
        const before = await rows.renamePasskey(tx, actor.accountId, id, name);
        if (before === null) throw new Problem('not_found');
        const details = { from: before, to: name };
        await audit.record(tx, actor, 'passkey.renamed', { target: targetOf({ id, name }), details });
      });
    },

    /** Never the last way in. `also` is done in the same transaction. */
    async remove(actor: SessionActor, id: PasskeyId, also: (tx: Tx) => Promise<void>): Promise<void> {
      await storage.transact(async (tx) => {
        const account = await lockAccount(tx, actor.accountId);
        const removed = await rows.removePasskey(tx, actor.accountId, id);
        if (removed === null) throw new Problem('not_found');
        const left = await rows.listPasskeys(tx, actor.accountId);
        if (account?.passwordHash === null && left.length === 0) throw new Problem('last_way_in');
        await audit.record(tx, actor, 'passkey.removed', { target: targetOf(removed) });
        await also(tx);
      });
    },

    removeAll: rows.removePasskeys,

    /** Any passkey that the browser offers. */
    askAny: (cookie: BrowserCookie) => request(cookie, { kind: 'only' }, null),
    askSecond: (cookie: BrowserCookie, accountId: AccountId) =>
      request(cookie, { kind: 'second', accountId }, accountId),
    askToConfirm: (cookie: BrowserCookie, { accountId, credential }: SessionActor) =>
      request(cookie, { kind: 'confirm', sessionId: credential.id }, accountId),

    /** Looks at what a passkey signed. Nothing has happened yet: see `commit`. */
    async verify(cookie: BrowserCookie, assertion: PasskeyAssertion): Promise<Signed> {
      const opened = challenges.open(cookie);
      const passkey = await rows.findPasskey(storage.read, assertion.id);
      if (!opened || !passkey) throw new Problem('passkey_failed');
      const { challenge, purpose } = opened.content;
      const { userHandle } = assertion;
      if (userHandle && userHandle !== handleOf(passkey.accountId)) throw new Problem('passkey_failed');
      const expected = { challenge, origin: publicUrl };
      const counter = await verifyAssertion(assertion, expected, passkey, purpose.kind === 'only');
      return {
        accountId: passkey.accountId,
        purpose,
        async commit(tx) {
          const isFirst = await opened.spend(tx);
          if (!isFirst || !(await rows.useWithCount(tx, passkey.id, counter, clock())))
            throw new Problem('passkey_failed');
        },
      };
    },
  };
}

/** What the challenge of a passkey is for that somebody adds in a session of theirs. */
export function addedIn({ credential }: SessionActor): Purpose {
  return { kind: 'add', sessionId: credential.id };
}

export type Passkeys = ReturnType<typeof createPasskeys>;

/** The account's id, as the authenticator keeps it. */
function handleOf(accountId: AccountId): string {
  return Buffer.from(accountId).toString('base64url');
}

async function descriptors(reader: Reader, accountId: AccountId) {
  const passkeys = await rows.listPasskeys(reader, accountId);
  return passkeys.map(({ credentialId }) => ({ id: credentialId, type: 'public-key' as const }));
}

function passkeyOf({ id, name, createdAtMs, lastUsedAtMs }: rows.PasskeyRow): Passkey {
  return { id, name, createdAtMs, lastUsedAtMs };
}

function targetOf({ id, name }: { id: PasskeyId; name: string }) {
  return { kind: 'passkey', id, name };
}
