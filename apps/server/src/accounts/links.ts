import type { AccountId } from '@latchkey/schemas';

import { randomBase62, sha256 } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Tx } from '../storage/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';
import * as rows from './rows.ts';

type Purpose = rows.LinkRow['purpose'];

const LIFETIME_MS: Record<Purpose, number> = {
  setup: 30 * MINUTE_MS,
  invitation: 7 * DAY_MS,
  sign_up: HOUR_MS,
  reset: HOUR_MS,
  verify_email: DAY_MS,
  change_email: HOUR_MS,
  // Long enough for somebody who reads mail on Mondays.
  undo_email: 7 * DAY_MS,
};
const PAGE: Record<Purpose, string> = {
  setup: '/setup',
  invitation: '/invitation',
  sign_up: '/sign-up',
  reset: '/reset',
  verify_email: '/verify-email',
  change_email: '/change-email',
  undo_email: '/undo-email',
};

/** A link that works once. The token rides in the fragment, which no log and no referrer ever holds. */
export type OneTimeLink = { url: string; expiresAtMs: number };

/** Whose link it is: an account's, or for somebody without one an address's. */
export type LinkOwner = { accountId: AccountId | null; email: string | null };

/** Issues a link and makes those before it useless. Only the token's digest is stored. */
export async function issueLink(
  tx: Tx,
  publicUrl: string,
  purpose: Purpose,
  { accountId, email }: LinkOwner,
  nowMs: number,
): Promise<OneTimeLink> {
  const token = randomBase62(43);
  const expiresAtMs = nowMs + LIFETIME_MS[purpose];
  await rows.voidLinks(tx, purpose, { accountId, email }, nowMs);
  await rows.insertLink(tx, {
    tokenDigest: sha256(token),
    purpose,
    accountId,
    email,
    createdAtMs: nowMs,
    expiresAtMs,
    usedAtMs: null,
  });
  return { url: `${publicUrl}${PAGE[purpose]}#${token}`, expiresAtMs };
}

/** The link that the token opens, if it could be used now. */
export async function findUsableLink(
  reader: Reader,
  token: string,
  purpose: Purpose,
  nowMs: number,
): Promise<rows.LinkRow | null> {
  const link = await rows.findLink(reader, sha256(token));
  return link && link.purpose === purpose && link.usedAtMs === null && link.expiresAtMs > nowMs ? link : null;
}

export async function requireLink(tx: Tx, token: string, purpose: Purpose, nowMs: number): Promise<rows.LinkRow> {
  const link = await rows.useLink(tx, sha256(token), purpose, nowMs);
  if (link === null) throw new Problem('link_used');
  return link;
}

/** Uses the link up; the account that it is for, as it stays until the transaction is over. It must be active. */
export async function requireLinkedAccount(
  tx: Tx,
  token: string,
  purpose: Purpose,
  nowMs: number,
): Promise<{ account: rows.AccountWithRoles; email: string; issuedAtMs: number }> {
  const { accountId, email, createdAtMs } = await requireLink(tx, token, purpose, nowMs);
  const account = accountId && (await rows.lockAccount(tx, accountId));
  if (!account || email === null || account.status !== 'active') throw new Problem('link_used');
  return { account, email, issuedAtMs: createdAtMs };
}

/** Whoever reads what was mailed to the account, or to an address that it asked for, has nothing any more. */
export async function voidMailedLinks(tx: Tx, accountId: AccountId, nowMs: number): Promise<void> {
  const owner = { accountId, email: null };
  for (const purpose of ['reset', 'verify_email', 'change_email'] as const)
    await rows.voidLinks(tx, purpose, owner, nowMs);
}
