import { parseApiKey } from '@latchkey/credentials';
import type { PermissionName, VerifiedApiKey } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import { readPermissions } from '../permissions/index.ts';
import { SECOND_MS } from '../time/index.ts';
import { judgeKey } from './judgement.ts';
import { takeFromRate } from './limits.ts';
import type { ApiKeysNeeds } from './needs.ts';
import * as rows from './rows.ts';

export type Asked = { key: string; permission?: PermissionName | undefined; ip?: string | undefined };

/** For services that were handed a key: is it good, whose is it, what may it do now? */
export async function verifyKey(
  { storage, rateLimits, clock }: ApiKeysNeeds,
  { key: text, permission, ip }: Asked,
): Promise<VerifiedApiKey> {
  const parsed = parseApiKey(text);
  const found = parsed && (await rows.findApiKey(storage.read, parsed.id));
  if (!parsed || !found) return { valid: false, code: 'NOT_FOUND' };
  const { key, owner } = found;
  const verdict = judgeKey({ ...key, ownerActive: owner.status === 'active' }, parsed.secret, ip ?? null, clock());
  if (verdict === 'NOT_FOUND') return { valid: false, code: verdict };
  const known = { apiKeyId: key.id, accountId: key.accountId };
  if (verdict !== 'VALID') return { valid: false, code: verdict, ...known };
  const { allowed, retryAfterMs } = await takeFromRate(rateLimits, key);
  if (!allowed) return { valid: false, code: 'RATE_LIMITED', ...known, retryAfterSeconds: wholeSeconds(retryAfterMs) };
  const { roles = [] } = (await findAccount(storage.read, key.accountId)) ?? {};
  const ownerHolds = await readPermissions(storage.read, roles);
  const permissions = key.permissions.filter((each) => ownerHolds.has(each));
  const enough = permission === undefined || permissions.includes(permission);
  return { valid: enough, code: enough ? 'VALID' : 'INSUFFICIENT_PERMISSIONS', ...known, permissions, roles };
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND_MS));
}
