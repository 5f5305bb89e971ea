import type { ApiKeyId, InputIssue, PermissionName } from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import { DAY_MS, SECOND_MS } from '../time/index.ts';
import { isNetwork } from './judgement.ts';
import type { ApiKeyRow } from './rows.ts';

/** However far away an expiry is asked for, it lies within this. */
const LONGEST_LIFETIME_MS = 10 * 365 * DAY_MS;

export type KeyLimits = {
  expiresAtMs?: number | null | undefined;
  allowQuery: boolean;
  ipAllowList: string[];
  rateLimit?: { limit: number; windowSeconds: number } | null | undefined;
};

export function refuseUnusable(
  { permissions, expiresAtMs, allowQuery, ipAllowList }: KeyLimits & { permissions: readonly PermissionName[] },
  nowMs: number,
): void {
  const issues = [
    ...expiryIssues(expiresAtMs ?? null, nowMs),
    // A key in an address ends up in logs and histories, so it must not be able to change anything.
    ...(allowQuery && permissions.some((each) => !each.endsWith(':read'))
      ? [{ path: 'allowQuery', message: 'A key that may ride in addresses can have :read permissions only.' }]
      : []),
    ...networkIssues(ipAllowList),
  ];
  if (issues.length > 0) throw new Problem('input_invalid', { issues });
}

function expiryIssues(expiresAtMs: number | null, nowMs: number): InputIssue[] {
  if (expiresAtMs === null) return [];
  if (expiresAtMs <= nowMs) return [{ path: 'expiresAtMs', message: 'Choose a time to come.' }];
  if (expiresAtMs <= nowMs + LONGEST_LIFETIME_MS) return [];
  return [{ path: 'expiresAtMs', message: 'Choose a time within ten years, or none.' }];
}

function networkIssues(ipAllowList: readonly string[]): InputIssue[] {
  return ipAllowList.flatMap((each, index) =>
    isNetwork(each)
      ? []
      : [{ path: `ipAllowList.${index}`, message: 'Use an address or a block, such as 10.0.0.0/8.' }],
  );
}

/** Counts a use of a key that has a rate. */
export async function takeFromRate(
  rateLimits: RateLimits,
  key: { id: ApiKeyId; rateLimit: ApiKeyRow['rateLimit'] },
): Promise<{ allowed: boolean; retryAfterMs: number }> {
  if (key.rateLimit === null) return { allowed: true, retryAfterMs: 0 };
  return rateLimits.take(`api-key:${key.id}`, key.rateLimit.limit, key.rateLimit.windowSeconds * SECOND_MS);
}
