import { randomBytes } from 'node:crypto';

import {
  accountId,
  type AccountId,
  type FactorKind,
  type PasskeyAttestation,
  type PasskeyId,
  type Security,
  type TotpEnrolment,
} from '@latchkey/schemas';
import * as z from 'zod/mini';

import { findAccount, lockAccount, requireWithin, targetOf } from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { base32, totpStepOf, type Sealer } from '../crypto/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Mail } from '../mail/index.ts';
import { findFactorDueAtMs } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { BrowserCookie, SessionActor } from '../rpc/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';
import { createOneUseTokens } from './one-use-tokens.ts';
import type { Purpose } from './challenges.ts';
import { addedIn, type Owner, type Passkeys } from './passkeys.ts';
import { digestOfCode, newCodes } from './recovery-code.ts';
import { resetMessage } from './reset-message.ts';
import * as rows from './rows.ts';
import { TOTP_PURPOSE } from './sealed-secrets.ts';

/** RFC 4226 section 4: 160 bits. */
const TOTP_SECRET_LENGTH = 20;
const ENROLMENT_LIFETIME_MS = 30 * MINUTE_MS;

export type FactorsNeeds = {
  storage: Storage;
  audit: Audit;
  sealer: Sealer;
  sessions: Sessions;
  devices: Devices;
  passkeys: Passkeys;
  mail: Mail;
  clock: Clock;
  publicUrl: string;
};

/** Adds a factor that was looked at, in the transaction of what it is for. The codes are the first ones, or none. */
export type AddFactor = (tx: Tx, by: Actor, owner: Owner) => Promise<{ codes: string[] }>;

/** What a person proves besides the password. */
export function createFactors(needs: FactorsNeeds) {
  const { storage, audit, sealer, sessions, devices, passkeys, mail, clock, publicUrl } = needs;
  const enrolments = createOneUseTokens(
    { sealer, clock },
    {
      purpose: 'totp enrolment',
      lifetimeMs: ENROLMENT_LIFETIME_MS,
      content: z.object({ accountId, secret: z.string() }),
    },
  );

  async function useTotp(tx: Tx, account: AccountId, code: string): Promise<boolean> {
    const row = await rows.findTotp(tx, account);
    const secret = row && sealer.open(TOTP_PURPOSE, row.sealedSecret);
    const step = secret && totpStepOf(secret, code, clock());
    return row !== null && step !== null && rows.takeStep(tx, row, step);
  }

  async function makeRecoveryCodes(tx: Tx, by: Actor, owner: Owner): Promise<string[]> {
    const codes = newCodes();
    await rows.replaceRecoveryCodes(tx, owner.accountId, codes.map(digestOfCode), clock());
    await audit.record(tx, by, 'factor.recovery_codes_made', { target: accountOf(owner) });
    return codes;
  }

  async function kindsOf(reader: Reader, account: AccountId): Promise<FactorKind[]> {
    const kinds: FactorKind[] = [];
    if ((await passkeys.list(reader, account)).length > 0) kinds.push('passkey');
    if (await rows.findTotp(reader, account)) kinds.push('totp');
    if (kinds.length === 0) return [];
    const { left } = await rows.countRecoveryCodes(reader, account);
    return left > 0 ? [...kinds, 'recovery_code'] : kinds;
  }

  /** For whoever has none yet. */
  async function firstRecoveryCodes(tx: Tx, by: Actor, owner: Owner): Promise<{ codes: string[] }> {
    const { left } = await rows.countRecoveryCodes(tx, owner.accountId);
    return { codes: left === 0 ? await makeRecoveryCodes(tx, by, owner) : [] };
  }

  /** Looks at the first code of a new secret. Nothing has happened until what it returns is called. */
  function verifyTotp(
    { accountId: account }: Owner,
    { enrolment, code }: { enrolment: string; code: string },
  ): AddFactor {
    const opened = enrolments.open(enrolment);
    if (opened?.content.accountId !== account) throw new Problem('state_conflict');
    const secret = Buffer.from(opened.content.secret, 'base64url');
    const lastStep = totpStepOf(secret, code, clock());
    if (lastStep === null) throw new Problem('second_factor_failed');
    const sealedSecret = sealer.seal(TOTP_PURPOSE, secret);
    return async (tx, by, owner) => {
      if (!(await opened.spend(tx))) throw new Problem('state_conflict');
      await rows.putTotp(tx, { accountId: account, sealedSecret, lastStep, createdAtMs: clock() });
      await audit.record(tx, by, 'factor.totp_added', { target: accountOf(owner) });
      return firstRecoveryCodes(tx, by, owner);
    };
  }

  async function verifyPasskey(
    cookie: BrowserCookie,
    added: { name: string; passkey: PasskeyAttestation },
    purpose: Purpose,
  ): Promise<AddFactor> {
    const add = await passkeys.verifyNew(cookie, added, purpose);
    return async (tx, by, owner) => {
      await add(tx, by, owner);
      return firstRecoveryCodes(tx, by, owner);
    };
  }

  /** A role may want that there is one: it is asked once the factor is gone, and takes the removal back. */
  async function refuseLast(tx: Tx, account: AccountId): Promise<void> {
    if ((await findFactorDueAtMs(tx, account)) !== null) throw new Problem('last_factor');
  }

  /** They stand in for a factor, and there may be none any more. */
  async function dropUnneededCodes(tx: Tx, account: AccountId): Promise<void> {
    if ((await kindsOf(tx, account)).length > 0) return;
    await rows.replaceRecoveryCodes(tx, account, [], clock());
    await devices.distrust(tx, account);
  }

  return {
    /** What the account can be asked for besides its password; empty where the password is all. */
    kindsOf,

    /** Takes a code, once; false for any that isn't right now. */
    async useCode(tx: Tx, account: AccountId, code: string): Promise<boolean> {
      if (factorOfCode(code) === 'totp') return useTotp(tx, account, code);
      return rows.useRecoveryCode(tx, account, digestOfCode(code), clock());
    },

    async security({ accountId: account }: Pick<SessionActor, 'accountId'>): Promise<Security> {
      const itself_ = await findAccount(storage.read, account);
      const totp = await rows.findTotp(storage.read, account);
      return {
        passwordChangedAtMs: itself_?.passwordChangedAtMs ?? null,
        passkeys: await passkeys.list(storage.read, account),
        trustedDevices: await devices.countTrusted(storage.read, account),
        totp: totp && { addedAtMs: totp.createdAtMs },
        recoveryCodes: await rows.countRecoveryCodes(storage.read, account),
      };
    },

    /** A new secret, which counts once a code of it comes back. Nothing is stored until then. */
    startTotp({ accountId: account, email }: Owner): TotpEnrolment {
      const secret = randomBytes(TOTP_SECRET_LENGTH);
      const { token } = enrolments.seal({ accountId: account, secret: secret.toString('base64url') });
      return { secret: base32(secret), uri: totpUri(base32(secret), email, publicUrl), enrolment: token };
    },

    verifyTotp,

    async confirmTotp(actor: SessionActor, offered: { enrolment: string; code: string }) {
      const add = verifyTotp(actor, offered);
      return storage.transact((tx) => add(tx, actor, actor));
    },

    async removeTotp(actor: SessionActor): Promise<void> {
      await storage.transact(async (tx) => {
        await lockAccount(tx, actor.accountId);
        if (!(await rows.removeTotp(tx, actor.accountId))) throw new Problem('not_found');
        await refuseLast(tx, actor.accountId);
        await audit.record(tx, actor, 'factor.totp_removed', { target: accountOf(actor) });
        await dropUnneededCodes(tx, actor.accountId);
      });
    },

    verifyPasskey,

    async addPasskey(actor: SessionActor, cookie: BrowserCookie, added: { name: string; passkey: PasskeyAttestation }) {
      const add = await verifyPasskey(cookie, added, addedIn(actor));
      return storage.transact((tx) => add(tx, actor, actor));
    },

    async removePasskey(actor: SessionActor, id: PasskeyId): Promise<void> {
      await passkeys.remove(actor, id, async (tx) => {
        await refuseLast(tx, actor.accountId);
        await dropUnneededCodes(tx, actor.accountId);
      });
    },

    async distrustDevices(actor: SessionActor): Promise<void> {
      await storage.transact(async (tx) => {
        await devices.distrust(tx, actor.accountId);
        await audit.record(tx, actor, 'device.distrusted', { target: accountOf(actor) });
      });
    },

    /** For somebody who has lost them all. Only by those who hold everything that the person holds. */
    async reset(actor: Actor, account: AccountId): Promise<{ mailed: boolean }> {
      const email = await storage.transact(async (tx) => {
        const person = await requireWithin(tx, actor, account, 'person');
        const hadApp = await rows.removeTotp(tx, account);
        const removed = { app: hadApp, passkeys: await passkeys.removeAll(tx, account) };
        if (!removed.app && removed.passkeys === 0) throw new Problem('state_conflict');
        await dropUnneededCodes(tx, account);
        await audit.record(tx, actor, 'factor.reset', { target: targetOf(person), details: removed });
        await sessions.endAll(tx, actor, account, null);
        return person.email ?? '';
      });
      return { mailed: await mail.send(resetMessage(email, publicUrl)) };
    },

    async renewRecoveryCodes(actor: SessionActor): Promise<{ codes: string[] }> {
      return storage.transact(async (tx) => {
        if ((await kindsOf(tx, actor.accountId)).length === 0) throw new Problem('state_conflict');
        return { codes: await makeRecoveryCodes(tx, actor, actor) };
      });
    },
  };
}

export type Factors = ReturnType<typeof createFactors>;

/** Told by its shape: six digits come from an app, anything else is a recovery code. */
export function factorOfCode(code: string): 'totp' | 'recovery_code' {
  return /^\d{6}$/.test(code) ? 'totp' : 'recovery_code';
}

/** The Key URI Format that authenticator apps read from a picture. */
function totpUri(secret: string, email: string, publicUrl: string): string {
  const issuer = new URL(publicUrl).host;
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
}

function accountOf({ accountId: id, email }: Owner) {
  return { kind: 'account', id, name: email };
}
