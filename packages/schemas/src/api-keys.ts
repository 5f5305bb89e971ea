import * as z from 'zod/mini';

import { accountId, apiKeyId } from './ids.ts';
import { permissionName, permissionSet } from './permissions.ts';
import { quota } from './usage.ts';
import { flag, line, pageInput, pageOf, timeMs, wholeNumber } from './text.ts';

export const apiKeyStatus = z.enum(['active', 'expired', 'revoked', 'disabled']);

const rateLimit = z.strictObject({ limit: wholeNumber(1, 1_000_000), windowSeconds: wholeNumber(1, 86_400) });

export const apiKey = z.object({
  id: apiKeyId,
  name: z.string(),
  /** The first characters of the key's text, for telling keys apart: `lk_3fGh1x`. */
  start: z.string(),
  accountId,
  ownerName: z.string(),
  ownerKind: z.enum(['person', 'service']),
  permissions: z.array(permissionName),
  allowQuery: z.boolean(),
  ipAllowList: z.array(z.string()),
  rateLimit: z.nullable(z.object({ limit: z.int(), windowSeconds: z.int() })),
  quota: z.nullable(z.object({ limit: z.int(), per: z.enum(['day', 'week', 'month']) })),
  createdAtMs: timeMs,
  expiresAtMs: z.nullable(timeMs),
  lastUsedAtMs: z.nullable(timeMs),
  rotatedAtMs: z.nullable(timeMs),
  /** Until when the secret before the last rotation still works; null when it doesn't. */
  previousSecretUntilMs: z.nullable(timeMs),
  revokedAtMs: z.nullable(timeMs),
  /** `disabled`: the owner's account is. */
  status: apiKeyStatus,
});
export type ApiKey = z.infer<typeof apiKey>;

/** An address or CIDR block is checked by the server, which has the parser. */
const network = z
  .string()
  .check(
    z.minLength(2),
    z.maxLength(64),
    z.regex(/^[0-9A-Fa-f.:/]+$/, 'Use an address or a block, such as 10.0.0.0/8.'),
  );

const ipAllowList = z.array(network).check(z.maxLength(50));

export const createApiKeyInput = z.strictObject({
  name: line(100),
  permissions: permissionSet,
  /** Absent or null: the key works until somebody revokes it. */
  expiresAtMs: z.optional(z.nullable(timeMs)),
  allowQuery: z._default(flag, false),
  ipAllowList: z._default(ipAllowList, []),
  rateLimit: z.optional(z.nullable(rateLimit)),
  quota: z.optional(z.nullable(quota)),
  /** Whose key it will be; absent: the caller's own. */
  accountId: z.optional(accountId),
});
/** The only answers that ever hold a key's text. */
export const apiKeyWithSecret = z.object({ apiKey, secret: z.string() });

export const apiKeyPage = pageOf(apiKey);
export const apiKeyListInput = z.strictObject({
  ...pageInput,
  q: z.optional(line(100)),
  status: z.optional(apiKeyStatus),
  accountId: z.optional(accountId),
  /** Only keys that expire before this, the soonest first. */
  expiresBeforeMs: z.optional(wholeNumber(0, 9_999_999_999_999)),
  /** Only keys that nobody has used for so many days, those never used since they were made so long ago. */
  unusedForDays: z.optional(wholeNumber(1, 3_650)),
});
export const apiKeyInput = z.strictObject({ id: apiKeyId });
export const apiKeyAnswer = z.object({ apiKey });
/** What is left out stays. */
export const updateApiKeyInput = z.strictObject({
  id: apiKeyId,
  name: z.optional(line(100)),
  permissions: z.optional(permissionSet),
  expiresAtMs: z.optional(z.nullable(timeMs)),
  ipAllowList: z.optional(ipAllowList),
  rateLimit: z.optional(z.nullable(rateLimit)),
  quota: z.optional(z.nullable(quota)),
});
export const rotateApiKeyInput = z.strictObject({
  id: apiKeyId,
  graceSeconds: z._default(wholeNumber(0, 30 * 86_400), 0),
});

export const verifyApiKeyInput = z.strictObject({
  key: z.string().check(z.minLength(1), z.maxLength(500)),
  permission: z.optional(permissionName),
  /** The address that the key was presented from, for keys with an allow-list. */
  ip: z.optional(z.union([z.ipv4(), z.ipv6()])),
});
export const verifiedApiKey = z.object({
  valid: z.boolean(),
  code: z.enum([
    'VALID',
    'NOT_FOUND',
    'EXPIRED',
    'REVOKED',
    'DISABLED',
    'INSUFFICIENT_PERMISSIONS',
    'IP_NOT_ALLOWED',
    'RATE_LIMITED',
    'QUOTA_EXCEEDED',
  ]),
  apiKeyId: z.optional(apiKeyId),
  accountId: z.optional(accountId),
  permissions: z.optional(z.array(permissionName)),
  /** The owner's. */
  roles: z.optional(z.array(z.string())),
  /** When a key over its rate works again. */
  retryAfterSeconds: z.optional(z.int()),
});
export type VerifiedApiKey = z.infer<typeof verifiedApiKey>;
