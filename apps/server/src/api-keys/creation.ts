import { formatApiKey } from '@latchkey/credentials';
import type { AccountId, ApiKey, ApiKeyId } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { readPermissions, refuseToExceed, refuseUnregistered } from '../permissions/index.ts';
import { requireOwner } from './access.ts';
import { apiKeyOf, targetOf } from './answer.ts';
import { refuseBeyondOwner, refuseUnusable, type KeyLimits } from './limits.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { nextReminderMs } from './reminder-moments.ts';
import * as rows from './rows.ts';

export type NewApiKey = KeyLimits & { name: string; accountId?: AccountId | undefined };

/** The secret is in this answer and nowhere else: the row holds its digest. */
export async function createKey(
  { storage, audit, clock }: ApiKeysNeeds,
  actor: Actor,
  input: NewApiKey,
): Promise<{ apiKey: ApiKey; secret: string }> {
  const nowMs = clock();
  refuseUnusable(input, nowMs);
  const owner = await requireOwner(storage.read, actor, input.accountId);
  refuseToExceed(actor, input.permissions);
  await refuseUnregistered(storage.read, input.permissions);
  refuseBeyondOwner(owner.name, await readPermissions(storage.read, owner.roles), input.permissions);
  const secret = randomBase62(43);
  const key = newRow(input, owner.id, secret, nowMs);
  await storage.transact(async (tx) => {
    await rows.insertApiKey(tx, key);
    await audit.record(tx, actor, 'api_key.created', {
      target: targetOf(key),
      details: { accountId: owner.id, permissions: key.permissions, expiresAtMs: key.expiresAtMs },
    });
    // Once more in the order of acts: the resource may be going just now.
    await refuseUnregistered(tx, key.permissions);
  });
  return { apiKey: apiKeyOf({ key, owner }, nowMs), secret: formatApiKey(key.id, secret) };
}

function newRow(input: NewApiKey, accountId: AccountId, secret: string, nowMs: number): rows.ApiKeyRow {
  return {
    id: randomBase62(22) as ApiKeyId,
    accountId,
    name: input.name,
    secretDigest: sha256(secret),
    previousSecretDigest: null,
    previousSecretUntilMs: null,
    permissions: input.permissions,
    allowQuery: input.allowQuery,
    ipAllowList: input.ipAllowList,
    rateLimit: input.rateLimit ?? null,
    quota: input.quota ?? null,
    createdAtMs: nowMs,
    expiresAtMs: input.expiresAtMs ?? null,
    rotatedAtMs: null,
    revokedAtMs: null,
    lastUsedAtMs: null,
    remindAtMs: nextReminderMs(input.expiresAtMs ?? null, nowMs),
  };
}
