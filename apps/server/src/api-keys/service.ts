import { formatApiKey, parseApiKey } from '@latchkey/credentials';
import type { AccountId, ApiKey, ApiKeyId, Permission, VerifiedApiKey } from '@latchkey/schemas';

import { findAccount } from '../accounts/index.ts';
import { holds, type AccountActor, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { readPermissions, refuseToExceed } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import { decodeCursor, pageOfRows, type Reader, type Storage } from '../storage/index.ts';
import { DAY_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { isNetwork, judgeKey } from './judgement.ts';
import * as rows from './rows.ts';

/** However far away an expiry is asked for, it lies within this. */
const LONGEST_LIFETIME_MS = 10 * 365 * DAY_MS;

export type ApiKeysNeeds = { storage: Storage; audit: Audit; rateLimits: RateLimits; clock: Clock };

export type NewApiKey = {
  name: string;
  permissions: Permission[];
  expiresAtMs?: number | null | undefined;
  allowQuery: boolean;
  ipAllowList: string[];
  rateLimit?: { limit: number; windowSeconds: number } | null | undefined;
  accountId?: AccountId | undefined;
};

type ListFilter = rows.ApiKeyFilter & { cursor?: string | undefined; limit: number };

export function createApiKeys({ storage, audit, rateLimits, clock }: ApiKeysNeeds) {
  /** The key, for somebody who may see it. A stranger's key is not found [B12]. */
  async function requireVisible(reader: Reader, actor: Actor, id: ApiKeyId): Promise<rows.OwnedApiKey> {
    const found = await rows.findApiKey(reader, id);
    if (found === null || !(isOwn(actor, found.key.accountId) || holds(actor, 'all_api_keys:read'))) {
      throw new Problem('not_found');
    }
    return found;
  }

  async function requireChangeable(reader: Reader, actor: Actor, id: ApiKeyId): Promise<rows.OwnedApiKey> {
    const found = await requireVisible(reader, actor, id);
    if (!isOwn(actor, found.key.accountId)) requireAll(actor);
    return found;
  }

  /** Whose key it is to be: the caller's own, or a service account's. Nobody makes keys that act as another person. */
  async function requireOwner(actor: Actor, accountId: AccountId | undefined) {
    const id = accountId ?? (actor.kind === 'person' || actor.kind === 'service' ? actor.accountId : undefined);
    if (id === undefined) {
      throw new Problem('input_invalid', {
        issues: [{ path: 'accountId', message: 'Name the account that owns the key.' }],
      });
    }
    if (!isOwn(actor, id)) requireAll(actor);
    const owner = await findAccount(storage.read, id);
    const allowed = owner && (isOwn(actor, id) || owner.kind === 'service' || actor.kind === 'system');
    if (!allowed || owner.status !== 'active') throw new Problem('not_found', { detail: 'There is no such account.' });
    return owner;
  }

  return {
    /** The secret is in this answer and nowhere else: the row holds its digest. */
    async create(actor: Actor, input: NewApiKey): Promise<{ apiKey: ApiKey; secret: string }> {
      const nowMs = clock();
      refuseUnusable(input, nowMs);
      const owner = await requireOwner(actor, input.accountId);
      refuseToExceed(actor, input.permissions);
      const ownerHolds = await readPermissions(storage.read, owner.roles);
      const beyondOwner = input.permissions.filter((each) => !ownerHolds.has(each));
      if (beyondOwner.length > 0) {
        throw new Problem('grant_exceeds_own', { detail: `${owner.name} doesn't have ${beyondOwner.join(', ')}.` });
      }
      const secret = randomBase62(43);
      const key: rows.ApiKeyRow = {
        id: randomBase62(22) as ApiKeyId,
        accountId: owner.id,
        name: input.name,
        secretDigest: sha256(secret),
        previousSecretDigest: null,
        previousSecretUntilMs: null,
        permissions: input.permissions,
        allowQuery: input.allowQuery,
        ipAllowList: input.ipAllowList,
        rateLimit: input.rateLimit ?? null,
        createdAtMs: nowMs,
        expiresAtMs: input.expiresAtMs ?? null,
        rotatedAtMs: null,
        revokedAtMs: null,
        lastUsedAtMs: null,
      };
      await storage.transact(async (tx) => {
        await rows.insertApiKey(tx, key);
        await audit.record(tx, actor, 'api_key.created', {
          target: targetOf(key),
          details: { accountId: owner.id, permissions: key.permissions, expiresAtMs: key.expiresAtMs },
        });
      });
      return { apiKey: apiKeyOf({ key, owner }, nowMs), secret: formatApiKey(key.id, secret) };
    },

    async list(actor: AccountActor, { cursor, limit, ...filter }: ListFilter) {
      const before = cursor === undefined ? null : decodeCursor(cursor);
      const seesAll = holds(actor, 'all_api_keys:read');
      const accountId = seesAll ? filter.accountId : actor.accountId;
      if (!seesAll && filter.accountId !== undefined && filter.accountId !== actor.accountId) {
        return { items: [], nextCursor: null };
      }
      const nowMs = clock();
      const found = await rows.listApiKeys(storage.read, { ...filter, accountId }, before, limit + 1, nowMs);
      const page = pageOfRows(
        found.map((owned) => ({ createdAtMs: owned.key.createdAtMs, id: owned.key.id, owned })),
        limit,
      );
      return { items: page.rows.map(({ owned }) => apiKeyOf(owned, nowMs)), nextCursor: page.nextCursor };
    },

    async get(actor: AccountActor, id: ApiKeyId): Promise<ApiKey> {
      return apiKeyOf(await requireVisible(storage.read, actor, id), clock());
    },

    async rename(actor: AccountActor, id: ApiKeyId, name: string): Promise<{ apiKey: ApiKey }> {
      return storage.transact(async (tx) => {
        const { key } = await requireChangeable(tx, actor, id);
        await rows.renameApiKey(tx, id, name);
        await audit.record(tx, actor, 'api_key.renamed', {
          target: targetOf(key),
          details: { from: key.name, to: name },
        });
        return { apiKey: apiKeyOf(await requireVisible(tx, actor, id), clock()) };
      });
    },

    /** Everything stays but the secret; the old one works through the grace. Whoever rotates sees a secret, so they must hold what it opens. */
    async rotate(actor: Actor, id: ApiKeyId, graceSeconds: number): Promise<{ apiKey: ApiKey; secret: string }> {
      const secret = randomBase62(43);
      const nowMs = clock();
      return storage.transact(async (tx) => {
        const { key } = await requireChangeable(tx, actor, id);
        const owner = await findAccount(tx, key.accountId);
        const ownerHolds = await readPermissions(tx, owner?.roles ?? []);
        refuseToExceed(
          actor,
          key.permissions.filter((each) => ownerHolds.has(each)),
        );
        if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) {
          throw new Problem('state_conflict', { detail: 'An expired key can’t be rotated. Make a new one.' });
        }
        const previousSecretUntilMs = graceSeconds === 0 ? null : nowMs + graceSeconds * SECOND_MS;
        const replaced = await rows.replaceSecret(tx, key, {
          secretDigest: sha256(secret),
          previousSecretUntilMs,
          rotatedAtMs: nowMs,
        });
        if (!replaced)
          throw new Problem('state_conflict', { detail: 'A revoked key can’t be rotated. Make a new one.' });
        await audit.record(tx, actor, 'api_key.rotated', { target: targetOf(key), details: { graceSeconds } });
        const apiKey = apiKeyOf(await requireVisible(tx, actor, id), nowMs);
        return { apiKey, secret: formatApiKey(id, secret) };
      });
    },

    /** At once: the key's next call is refused. Revoking it again changes nothing. */
    async revoke(actor: Actor, id: ApiKeyId): Promise<{ apiKey: ApiKey }> {
      return storage.transact(async (tx) => {
        const { key } = await requireChangeable(tx, actor, id);
        const revoked = await rows.revokeApiKey(tx, id, clock());
        if (revoked) await audit.record(tx, actor, 'api_key.revoked', { target: targetOf(key) });
        return { apiKey: apiKeyOf(await requireVisible(tx, actor, id), clock()) };
      });
    },

    /** For services that were handed a key: is it good, whose is it, what may it do now? */
    async verify({
      key: text,
      permission,
      ip,
    }: {
      key: string;
      permission?: Permission | undefined;
      ip?: string | undefined;
    }): Promise<VerifiedApiKey> {
      const parsed = parseApiKey(text);
      const found = parsed && (await rows.findApiKey(storage.read, parsed.id));
      if (!parsed || !found) return { valid: false, code: 'NOT_FOUND' };
      const { key, owner } = found;
      const verdict = judgeKey({ ...key, ownerActive: owner.status === 'active' }, parsed.secret, ip ?? null, clock());
      if (verdict === 'NOT_FOUND') return { valid: false, code: verdict };
      const known = { apiKeyId: key.id, accountId: key.accountId };
      if (verdict !== 'VALID') return { valid: false, code: verdict, ...known };
      if (!(await takeFromRate(rateLimits, key)).allowed) return { valid: false, code: 'RATE_LIMITED', ...known };
      const account = await findAccount(storage.read, key.accountId);
      const ownerHolds = await readPermissions(storage.read, account?.roles ?? []);
      const permissions = key.permissions.filter((each) => ownerHolds.has(each));
      const enough = permission === undefined || permissions.includes(permission);
      return { valid: enough, code: enough ? 'VALID' : 'INSUFFICIENT_PERMISSIONS', ...known, permissions };
    },
  };
}

export type ApiKeys = ReturnType<typeof createApiKeys>;

/** Counts a use of a key that has a rate. */
export async function takeFromRate(
  rateLimits: RateLimits,
  key: { id: ApiKeyId; rateLimit: rows.ApiKeyRow['rateLimit'] },
): Promise<{ allowed: boolean; retryAfterMs: number }> {
  if (key.rateLimit === null) return { allowed: true, retryAfterMs: 0 };
  return rateLimits.take(`api-key:${key.id}`, key.rateLimit.limit, key.rateLimit.windowSeconds * SECOND_MS);
}

function isOwn(actor: Actor, accountId: AccountId): boolean {
  return (actor.kind === 'person' || actor.kind === 'service') && actor.accountId === accountId;
}

function requireAll(actor: Actor): void {
  if (!holds(actor, 'all_api_keys:write')) {
    throw new Problem('permission_missing', { detail: "You don't have all_api_keys:write." });
  }
}

function targetOf(key: rows.ApiKeyRow) {
  return { kind: 'api_key', id: key.id, name: key.name };
}

function refuseUnusable({ permissions, expiresAtMs, allowQuery, ipAllowList }: NewApiKey, nowMs: number): void {
  const issues = [
    ...(expiresAtMs != null && expiresAtMs <= nowMs
      ? [{ path: 'expiresAtMs', message: 'Choose a time to come.' }]
      : []),
    ...(expiresAtMs != null && expiresAtMs > nowMs + LONGEST_LIFETIME_MS
      ? [{ path: 'expiresAtMs', message: 'Choose a time within ten years, or none.' }]
      : []),
    // A key in an address ends up in logs and histories, so it must not be able to change anything.
    ...(allowQuery && permissions.some((each) => !each.endsWith(':read'))
      ? [{ path: 'allowQuery', message: 'A key that may ride in addresses can have :read permissions only.' }]
      : []),
    ...ipAllowList.flatMap((each, index) =>
      isNetwork(each)
        ? []
        : [{ path: `ipAllowList.${index}`, message: 'Use an address or a block, such as 10.0.0.0/8.' }],
    ),
  ];
  if (issues.length > 0) throw new Problem('input_invalid', { issues });
}

function apiKeyOf(
  { key, owner }: rows.OwnedApiKey | { key: rows.ApiKeyRow; owner: rows.OwnedApiKey['owner'] },
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
    createdAtMs: key.createdAtMs,
    expiresAtMs: key.expiresAtMs,
    lastUsedAtMs: key.lastUsedAtMs,
    rotatedAtMs: key.rotatedAtMs,
    previousSecretUntilMs: graceLasts ? key.previousSecretUntilMs : null,
    revokedAtMs: key.revokedAtMs,
    status: statusOf(key, owner.status === 'active', nowMs),
  };
}

function statusOf(key: rows.ApiKeyRow, ownerActive: boolean, nowMs: number): ApiKey['status'] {
  if (key.revokedAtMs !== null) return 'revoked';
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'expired';
  return ownerActive ? 'active' : 'disabled';
}
