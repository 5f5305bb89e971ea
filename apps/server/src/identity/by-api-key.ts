import { parseApiKey } from '@latchkey/credentials';
import type { ApiKeyId } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { isPreviousSecret, judgeKey, takeUses, type Verdict } from '../api-keys/index.ts';
import { Problem } from '../problems/index.ts';
import { RefusedKey } from '../rpc/index.ts';
import { accountActor } from './account-actor.ts';
import type { Call, IdentityNeeds } from './call.ts';
import type { ApiKeyState } from './rows.ts';

/** Who an API key is, wherever it rode. */
export function createByApiKey(needs: IdentityNeeds) {
  const { states, refusals, lastUse, clock } = needs;

  return async function byApiKey(text: string, carrier: 'header' | 'cookie' | 'query', call: Call): Promise<Actor> {
    const parsed = parseApiKey(text);
    if (parsed === null) throw new Problem('api_key_invalid');
    const { id } = parsed;
    const rows = await states.byApiKey(id);
    const [state] = rows;
    const verdict = judgeKey(state ? keyState(state) : null, parsed.secret, call.origin.address, clock());
    if (state) refusals.note(id, verdict, call.origin);
    if (state === undefined || verdict === 'NOT_FOUND') throw new Problem('api_key_invalid');
    if (verdict !== 'VALID') throw new RefusedKey(PROBLEM_OF_VERDICT[verdict], id);
    if (carrier === 'query' && !(state.allowQuery && READING_METHODS.has(call.method))) {
      throw new Problem('api_key_invalid', { detail: "This API key can't ride in an address." });
    }
    await countUse(needs, id, state, call.calls);
    lastUse.apiKey(id);
    const ofKey = new Set<string>(state.keyPermissions);
    return accountActor(rows, call.origin, (permission) => ofKey.has(permission), {
      kind: 'api_key',
      id,
      ...(isPreviousSecret(state, parsed.secret) && { secretEndsAtMs: state.previousSecretUntilMs ?? 0 }),
    });
  };
}

/** Counts a call against what binds the key, or refuses it. */
export async function countUse(
  needs: Pick<IdentityNeeds, 'rateLimits' | 'quotas'>,
  id: ApiKeyId,
  { rateLimit, quota }: ApiKeyState,
  calls: number,
): Promise<void> {
  if (rateLimit === null && quota === null) return;
  const { over, retryAfterSeconds } = await takeUses(needs, { id, rateLimit, quota }, calls);
  if (over === null) return;
  throw new RefusedKey(over === 'QUOTA_EXCEEDED' ? 'quota_exceeded' : 'rate_limited', id, { retryAfterSeconds });
}

/** An address with a key in it is for reading, so that no link that got about changes anything. */
const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const PROBLEM_OF_VERDICT = {
  EXPIRED: 'api_key_expired',
  REVOKED: 'api_key_revoked',
  // A disabled owner is nobody's business but the admins', who see it in the console.
  DISABLED: 'api_key_invalid',
  IP_NOT_ALLOWED: 'ip_not_allowed',
} as const satisfies Record<Exclude<Verdict, 'VALID' | 'NOT_FOUND'>, string>;

/** What a key is judged by. */
export function keyState(state: ApiKeyState) {
  return { ...state, permissions: state.keyPermissions, ownerActive: state.status === 'active' };
}
