import type { AccountId } from '@latchkey/schemas';

import { randomBase62, sha256 } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { Reader, Tx } from '../storage/index.ts';
import { DAY_MS, MINUTE_MS } from '../time/index.ts';
import * as rows from './rows.ts';

type Purpose = rows.LinkRow['purpose'];

const LIFETIME_MS: Record<Purpose, number> = { setup: 30 * MINUTE_MS, invitation: 7 * DAY_MS };
const PAGE: Record<Purpose, string> = { setup: '/setup', invitation: '/invitation' };

/** A link that works once. The token rides in the fragment, which no log and no referrer ever holds. */
export type OneTimeLink = { url: string; expiresAtMs: number };

/** Issues a link and makes those before it useless. Only the token's digest is stored. */
export async function issueLink(
  tx: Tx,
  publicUrl: string,
  purpose: Purpose,
  accountId: AccountId | null,
  nowMs: number,
): Promise<OneTimeLink> {
  const token = randomBase62(43);
  const expiresAtMs = nowMs + LIFETIME_MS[purpose];
  await rows.voidLinks(tx, purpose, accountId, nowMs);
  await rows.insertLink(tx, {
    tokenDigest: sha256(token),
    purpose,
    accountId,
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

export async function requireLink(tx: Tx, token: string, purpose: Purpose, nowMs: number): Promise<void> {
  const link = await rows.useLink(tx, sha256(token), purpose, nowMs);
  if (link === null) throw new Problem('link_used');
}
