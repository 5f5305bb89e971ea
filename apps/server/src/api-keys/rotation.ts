import { formatApiKey } from '@latchkey/credentials';
import type { ApiKey, ApiKeyId } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import type { Actor } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { readPermissions, refuseToExceed } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Tx } from '../storage/index.ts';
import { SECOND_MS } from '../time/index.ts';
import { isOwn, requireChangeable, requireVisible } from './access.ts';
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
    const owned = await requireChangeable(tx, actor, id);
    const { key } = owned;
    await refuseToReveal(tx, actor, owned);
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

/**
 * Whoever rotates sees a secret, so they must hold what it opens. Another person's key they can't rotate at all: nobody
 * gets what acts as another person.
 */
async function refuseToReveal(tx: Tx, actor: Actor, { key, owner }: rows.OwnedApiKey): Promise<void> {
  if (owner.kind === 'person' && actor.kind !== 'system' && !isOwn(actor, key.accountId)) {
    throw new Problem('grant_exceeds_own', {
      detail: 'Only its owner can rotate this key, since whoever does sees its secret. You can revoke it.',
    });
  }
  const account = await findAccount(tx, key.accountId);
  const ownerHolds = await readPermissions(tx, account?.roles ?? []);
  refuseToExceed(
    actor,
    key.permissions.filter((each) => ownerHolds.has(each)),
  );
}

function over(what: string): Problem {
  return new Problem('state_conflict', { detail: `${what} key can’t be rotated. Make a new one.` });
}
