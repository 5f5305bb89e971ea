import * as z from 'zod/mini';

import { alertStatus } from './alert-status.ts';
import { alertCode } from './alerts.ts';
import { apiKey } from './api-keys.ts';
import { act } from './audit.ts';
import { passkey } from './factors.ts';
import { accountId, apiKeyId, sessionId } from './ids.ts';
import { permissionName } from './permissions.ts';
import { DENIAL_CODES } from './problems.ts';
import { timeMs } from './text.ts';

/** The newest so many of each are in an export; `incomplete` names those of which there are more. */
export const EXPORTED_AT_MOST = {
  activity: 5_000,
  apiKeys: 1_000,
  apiKeyUsage: 20_000,
  sessions: 1_000,
  denials: 1_000,
  alerts: 500,
};
type Bounded = keyof typeof EXPORTED_AT_MOST;

const exportedKey = z.omit(apiKey, {
  start: true,
  accountId: true,
  ownerName: true,
  ownerKind: true,
  previousSecretUntilMs: true,
  status: true,
});

/**
 * All that is kept of a person, in one document, without anything that opens the account. `format` changes when a program that
 * reads it would have to.
 */
export const accountExport = z.object({
  format: z.literal('latchkey.account.1'),
  exportedAtMs: timeMs,
  account: z.object({
    id: accountId,
    email: z.nullable(z.string()),
    emailVerifiedAtMs: z.nullable(timeMs),
    name: z.string(),
    roles: z.array(z.string()),
    permissions: z.array(permissionName),
    status: z.enum(['active', 'invited', 'disabled']),
    createdAtMs: timeMs,
    lastSignInAtMs: z.nullable(timeMs),
    passwordChangedAtMs: z.nullable(timeMs),
  }),
  sessions: z.array(
    z.object({
      id: sessionId,
      createdAtMs: timeMs,
      lastUsedAtMs: timeMs,
      expiresAtMs: timeMs,
      endedAtMs: z.nullable(timeMs),
      userAgent: z.string(),
      address: z.string(),
    }),
  ),
  /** Browsers in which the person has signed in. */
  browsers: z.array(
    z.object({
      createdAtMs: timeMs,
      lastSignInAtMs: timeMs,
      userAgent: z.string(),
      network: z.string(),
      trustedUntilMs: z.nullable(timeMs),
    }),
  ),
  passkeys: z.array(passkey),
  authenticatorApp: z.nullable(z.object({ addedAtMs: timeMs })),
  recoveryCodes: z.object({ left: z.int() }),
  apiKeys: z.array(exportedKey),
  /** How often each key was used on each day. */
  apiKeyUsage: z.array(
    z.object({
      apiKeyId,
      dayMs: timeMs,
      ok: z.int(),
      denied: z.int(),
      limited: z.int(),
      failed: z.int(),
    }),
  ),
  /** From which networks, and by which programs. */
  apiKeySources: z.array(
    z.object({
      apiKeyId,
      network: z.string(),
      agent: z.string(),
      calls: z.int(),
      firstSeenAtMs: timeMs,
      lastSeenAtMs: timeMs,
    }),
  ),
  connectedApps: z.array(
    z.object({
      appId: z.string(),
      appName: z.string(),
      scopes: z.array(z.string()),
      createdAtMs: timeMs,
      lastUsedAtMs: timeMs,
    }),
  ),
  /** Mailed links that would still work. */
  openLinks: z.array(
    z.object({ purpose: z.string(), email: z.nullable(z.string()), createdAtMs: timeMs, expiresAtMs: timeMs }),
  ),
  /** Calls of theirs that were refused, as far as they are still kept. */
  denials: z.array(
    z.object({
      atMs: timeMs,
      code: z.enum(DENIAL_CODES),
      procedure: z.string(),
      missing: z.string(),
      address: z.nullable(z.string()),
      userAgent: z.string(),
    }),
  ),
  /** That admins were alerted about the account. */
  alerts: z.array(
    z.object({ code: alertCode, status: alertStatus, count: z.int(), firstAtMs: timeMs, lastAtMs: timeMs }),
  ),
  /** What the audit log holds that the person did, or that was done to the account; who else did it is not told. */
  activity: z.array(
    z.object({
      number: z.int(),
      atMs: timeMs,
      act,
      by: z.enum(['you', 'somebody else', 'nobody known']),
      credential: z.nullable(z.object({ kind: z.string(), id: z.string() })),
      target: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.nullable(z.string()) })),
      address: z.nullable(z.string()),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
  incomplete: z.array(z.enum(Object.keys(EXPORTED_AT_MOST) as [Bounded, ...Bounded[]])),
});
export type AccountExport = z.infer<typeof accountExport>;
