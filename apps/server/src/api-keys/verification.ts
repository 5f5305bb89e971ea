import { parseApiKey } from '@latchkey/credentials';
import type { Outcome, PermissionName, VerifiedApiKey } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import type { AccountActor } from '../actors/index.ts';
import { readPermissions } from '../permissions/index.ts';
import { isPreviousSecret, judgeKey } from './judgement.ts';
import { takeUses } from './limits.ts';
import type { ApiKeysNeeds } from './needs.ts';
import * as rows from './rows.ts';

export type Asked = { key: string; permission?: PermissionName | undefined; ip?: string | undefined };

/** What is counted for a key that another service was handed and asks about, in the place of a procedure of ours. */
const VERIFIED = 'verified';

/** For services that were handed a key: is it good, whose is it, what may it do now? It counts as a use of the key. */
export async function verifyKey(needs: ApiKeysNeeds, asker: AccountActor, asked: Asked): Promise<VerifiedApiKey> {
  const parsed = parseApiKey(asked.key);
  const found = parsed && (await rows.findApiKey(needs.storage.read, parsed.id));
  if (!parsed || !found) return { valid: false, code: 'NOT_FOUND' };
  const { key, owner } = found;
  const state = { ...key, ownerActive: owner.status === 'active' };
  const verdict = judgeKey(state, parsed.secret, asked.ip ?? null, needs.clock());
  if (verdict === 'NOT_FOUND') return { valid: false, code: verdict };
  const known = { apiKeyId: key.id, accountId: key.accountId };
  const answer =
    verdict === 'VALID' ? { ...known, ...(await useOf(needs, key, asked)) } : { ...known, valid: false, code: verdict };
  noteUse(needs, key, answer, { asker, asked, byPreviousSecret: isPreviousSecret(key, parsed.secret) });
  return answer;
}

type Use = Pick<VerifiedApiKey, 'valid' | 'code' | 'permissions' | 'roles' | 'retryAfterSeconds'>;

async function useOf(needs: ApiKeysNeeds, key: rows.ApiKeyRow, { permission }: Asked): Promise<Use> {
  const { over, retryAfterSeconds } = await takeUses(needs, key, 1);
  if (over !== null) return { valid: false, code: over, retryAfterSeconds };
  needs.markUsed(key.id);
  const { roles = [] } = (await findAccount(needs.storage.read, key.accountId)) ?? {};
  const ownerHolds = await readPermissions(needs.storage.read, roles);
  const permissions = key.permissions.filter((each) => ownerHolds.has(each));
  const enough = permission === undefined || permissions.includes(permission);
  return { valid: enough, code: enough ? 'VALID' : 'INSUFFICIENT_PERMISSIONS', permissions, roles };
}

type Circumstances = { asker: AccountActor; asked: Asked; byPreviousSecret: boolean };

function noteUse(
  { recorder }: ApiKeysNeeds,
  { id }: rows.ApiKeyRow,
  { valid, code, permissions = [] }: VerifiedApiKey,
  { asker, asked: { permission, ip }, byPreviousSecret }: Circumstances,
): void {
  // Who asks about none decides by itself, so any may be relied on.
  const reliedOn = permission === undefined ? permissions : [permission];
  recorder.record({
    apiKeyId: id,
    procedure: VERIFIED,
    permissions: new Set(valid ? reliedOn : []),
    outcome: outcomeOfVerdict(code),
    from: { address: ip ?? null, userAgent: `asked by ${asker.name}` },
    byPreviousSecret,
  });
}

function outcomeOfVerdict(code: VerifiedApiKey['code']): Outcome {
  if (code === 'VALID') return 'ok';
  return code === 'RATE_LIMITED' || code === 'QUOTA_EXCEEDED' ? 'limited' : 'denied';
}
