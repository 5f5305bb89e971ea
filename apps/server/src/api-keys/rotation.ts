import { formatApiKey } from '@latchkey/credentials';
import type { ApiKey, ApiKeyId } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { readPermissions, refuseToExceed } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import { SECOND_MS } from '../time/index.ts';
import { requireChangeable, requireVisible } from './access.ts';
import { apiKeyOf, targetOf } from './answer.ts';
import type { ApiKeysNeeds } from './needs.ts';
import * as rows from './rows.ts';

/** Everything stays but the secret; the old one works through the grace. */
export async function rotateKey(
  { storage, audit, clock }: ApiKeysNeeds,
  actor: Actor,
  id: ApiKeyId,
  graceSeconds: number,
): Promise<{ apiKey: ApiKey; secret: string }> {
  const secret = randomBase62(43);
  const nowMs = clock();
  return storage.transact(async (tx) => {
    const { key } = await requireChangeable(tx, actor, id);
    await refuseToReveal(tx, actor, key);
    if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) throw over('An expired');
    const replaced = await rows.replaceSecret(tx, key, {
      secretDigest: sha256(secret),
      previousSecretUntilMs: graceSeconds === 0 ? null : nowMs + graceSeconds * SECOND_MS,
      rotatedAtMs: nowMs,
    });
    if (!replaced) throw over('A revoked');
    await audit.record(tx, actor, 'api_key.rotated', { target: targetOf(key), details: { graceSeconds } });
    const apiKey = apiKeyOf(await requireVisible(tx, actor, id), nowMs);
    return { apiKey, secret: formatApiKey(id, secret) };
  });
}

/** Whoever rotates sees a secret, so they must hold what it opens. */
async function refuseToReveal(tx: Tx, actor: Actor, { accountId, permissions }: rows.ApiKeyRow): Promise<void> {
  const owner = await findAccount(tx, accountId);
  const ownerHolds = await readPermissions(tx, owner?.roles ?? []);
  refuseToExceed(
    actor,
    permissions.filter((each) => ownerHolds.has(each)),
  );
}

function over(what: string): Problem {
  return new Problem('state_conflict', { detail: `${what} key can’t be rotated. Make a new one.` });
}
