import type { ApiKey } from '@latchkey/schemas';

import type { ApiKeyRow, OwnedApiKey } from './rows.ts';

/** The key as it crosses the wire. */
export function apiKeyOf(
  { key, owner }: { key: ApiKeyRow; owner: Pick<OwnedApiKey['owner'], 'name' | 'email' | 'kind' | 'status'> },
  nowMs: number,
): ApiKey {
  const graceLasts = key.previousSecretUntilMs !== null && key.previousSecretUntilMs > nowMs;
  return {
    id: key.id,
    name: key.name,
    start: `lk_${key.id.slice(0, 6)}`,
    accountId: key.accountId,
    ownerName: owner.email ?? owner.name,
    ownerKind: owner.kind,
    permissions: key.permissions,
    allowQuery: key.allowQuery,
    ipAllowList: key.ipAllowList,
    rateLimit: key.rateLimit,
    quota: key.quota,
    createdAtMs: key.createdAtMs,
    expiresAtMs: key.expiresAtMs,
    lastUsedAtMs: key.lastUsedAtMs,
    rotatedAtMs: key.rotatedAtMs,
    previousSecretUntilMs: graceLasts ? key.previousSecretUntilMs : null,
    revokedAtMs: key.revokedAtMs,
    status: statusOf(key, owner.status === 'active', nowMs),
  };
}

function statusOf(key: ApiKeyRow, ownerActive: boolean, nowMs: number): ApiKey['status'] {
  if (key.revokedAtMs !== null) return 'revoked';
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'expired';
  return ownerActive ? 'active' : 'disabled';
}

/** What an audit entry says of a key that was acted on. */
export function targetOf({ id, name }: ApiKeyRow) {
  return { kind: 'api_key', id, name };
}
