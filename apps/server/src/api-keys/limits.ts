import type { InputIssue, PermissionName, Quota } from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';
import { DAY_MS, SECOND_MS } from '../time/index.ts';
import { isNetwork } from './judgement.ts';
import type { ApiKeysNeeds } from './needs.ts';
import type { ApiKeyRow } from './rows.ts';

/** However far away an expiry is asked for, it lies within this. */
const LONGEST_LIFETIME_MS = 10 * 365 * DAY_MS;

/** What binds a key. */
export type KeyLimits = {
  permissions: PermissionName[];
  expiresAtMs?: number | null | undefined;
  allowQuery: boolean;
  ipAllowList: string[];
  rateLimit?: { limit: number; windowSeconds: number } | null | undefined;
  quota?: Quota | null | undefined;
};

export function refuseUnusable({ permissions, expiresAtMs, allowQuery, ipAllowList }: KeyLimits, nowMs: number): void {
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

/** A key never outgrows its owner. */
export function refuseBeyondOwner(
  name: string,
  ownerHolds: ReadonlySet<PermissionName>,
  permissions: readonly PermissionName[],
): void {
  const beyond = permissions.filter((each) => !ownerHolds.has(each));
  if (beyond.length > 0) {
    throw new Problem('grant_exceeds_own', { detail: `${name} doesn't have ${beyond.join(', ')}.` });
  }
}

/** Counts so many calls on the key's rate and, where that allows them, on its quota. `over` is what they were too many for. */
export async function takeUses(
  { rateLimits, quotas }: Pick<ApiKeysNeeds, 'rateLimits' | 'quotas'>,
  { id, rateLimit, quota }: Pick<ApiKeyRow, 'id' | 'rateLimit' | 'quota'>,
  calls: number,
): Promise<{ over: 'RATE_LIMITED' | 'QUOTA_EXCEEDED' | null; retryAfterSeconds: number }> {
  if (rateLimit !== null) {
    const { limit, windowSeconds } = rateLimit;
    // By the window too: another one begins anew, or the first call in seconds would wait for the end of a day.
    const counter = `api-key:${id}:${windowSeconds}`;
    const { allowed, retryAfterMs } = await rateLimits.take(counter, limit, windowSeconds * SECOND_MS, calls);
    if (!allowed) return { over: 'RATE_LIMITED', retryAfterSeconds: wholeSeconds(retryAfterMs) };
  }
  const { allowed, retryAfterMs } = quota === null ? UNLIMITED : await quotas.take(id, quota, calls);
  return { over: allowed ? null : 'QUOTA_EXCEEDED', retryAfterSeconds: wholeSeconds(retryAfterMs) };
}

const UNLIMITED = { allowed: true, retryAfterMs: 0 };

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND_MS));
}
