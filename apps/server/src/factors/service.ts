import { randomBytes } from 'node:crypto';

import { accountId, type AccountId, type FactorKind, type Security, type TotpEnrolment } from '@latchkey/schemas';
import * as z from 'zod/mini';

import type { Audit } from '../audit/index.ts';
import { base32, totpStepOf, type Sealer } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Reader, Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';
import { createOneUseTokens } from './one-use-tokens.ts';
import { digestOfCode, newCodes } from './recovery-code.ts';
import * as rows from './rows.ts';

const TOTP_PURPOSE = 'totp secret';
/** RFC 4226 section 4: 160 bits. */
const TOTP_SECRET_LENGTH = 20;
const ENROLMENT_LIFETIME_MS = 30 * MINUTE_MS;

export type FactorsNeeds = { storage: Storage; audit: Audit; sealer: Sealer; clock: Clock; publicUrl: string };

/** What a person proves besides the password. */
export function createFactors({ storage, audit, sealer, clock, publicUrl }: FactorsNeeds) {
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

  async function makeRecoveryCodes(tx: Tx, actor: SessionActor): Promise<string[]> {
    const codes = newCodes();
    await rows.replaceRecoveryCodes(tx, actor.accountId, codes.map(digestOfCode), clock());
    await audit.record(tx, actor, 'factor.recovery_codes_made', { target: itself(actor) });
    return codes;
  }

  async function kindsOf(reader: Reader, account: AccountId): Promise<FactorKind[]> {
    if ((await rows.findTotp(reader, account)) === null) return [];
    const { left } = await rows.countRecoveryCodes(reader, account);
    return left > 0 ? ['totp', 'recovery_code'] : ['totp'];
  }

  return {
    /** What the account can be asked for besides its password; empty where the password is all. */
    kindsOf,

    /** Takes a code, once; false for any that isn't right now. */
    async useCode(tx: Tx, account: AccountId, code: string): Promise<boolean> {
      if (factorOfCode(code) === 'totp') return useTotp(tx, account, code);
      return rows.useRecoveryCode(tx, account, digestOfCode(code), clock());
    },

    async security({ accountId: account }: SessionActor): Promise<Security> {
      const totp = await rows.findTotp(storage.read, account);
      return {
        totp: totp && { addedAtMs: totp.createdAtMs },
        recoveryCodes: await rows.countRecoveryCodes(storage.read, account),
      };
    },

    /** A new secret, which counts once a code of it comes back. Nothing is stored until then. */
    startTotp(actor: SessionActor): TotpEnrolment {
      const secret = randomBytes(TOTP_SECRET_LENGTH);
      const { token } = enrolments.seal({ accountId: actor.accountId, secret: secret.toString('base64url') });
      return { secret: base32(secret), uri: totpUri(base32(secret), actor.email, publicUrl), enrolment: token };
    },

    async confirmTotp(actor: SessionActor, { enrolment, code }: { enrolment: string; code: string }) {
      const opened = enrolments.open(enrolment);
      if (opened?.content.accountId !== actor.accountId) throw new Problem('state_conflict');
      const secret = Buffer.from(opened.content.secret, 'base64url');
      const step = totpStepOf(secret, code, clock());
      if (step === null) throw new Problem('second_factor_failed');
      const sealedSecret = sealer.seal(TOTP_PURPOSE, secret);
      return storage.transact(async (tx) => {
        if (!(await opened.spend(tx))) throw new Problem('state_conflict');
        const nowMs = clock();
        await rows.putTotp(tx, { accountId: actor.accountId, sealedSecret, lastStep: step, createdAtMs: nowMs });
        await audit.record(tx, actor, 'factor.totp_added', { target: itself(actor) });
        const { left } = await rows.countRecoveryCodes(tx, actor.accountId);
        return { codes: left === 0 ? await makeRecoveryCodes(tx, actor) : [] };
      });
    },

    async removeTotp(actor: SessionActor): Promise<void> {
      await storage.transact(async (tx) => {
        if (!(await rows.removeTotp(tx, actor.accountId))) throw new Problem('not_found');
        // They stand in for a factor, and there is none any more.
        await rows.replaceRecoveryCodes(tx, actor.accountId, [], clock());
        await audit.record(tx, actor, 'factor.totp_removed', { target: itself(actor) });
      });
    },

    async renewRecoveryCodes(actor: SessionActor): Promise<{ codes: string[] }> {
      return storage.transact(async (tx) => {
        if ((await kindsOf(tx, actor.accountId)).length === 0) throw new Problem('state_conflict');
        return { codes: await makeRecoveryCodes(tx, actor) };
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

function itself({ accountId: id, email }: SessionActor) {
  return { kind: 'account', id, name: email };
}
