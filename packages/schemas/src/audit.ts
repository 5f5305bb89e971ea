import * as z from 'zod/mini';

import { auditEntryId } from './ids.ts';
import { line, pageInput, pageOf, timeMs, wholeNumber } from './text.ts';

/** What stands in the place of the name of a person whose account is closed. */
export const CLOSED_ACCOUNT = 'Closed account';

/** Everything worth an entry, with the sentence that the console shows. */
export const ACTS = {
  'setup.completed': 'Finished the set-up',
  'account.created': 'Created an account',
  'account.invited': 'Invited a person',
  'account.invitation_accepted': 'Accepted an invitation',
  'account.signed_up': 'Signed up',
  'account.renamed': 'Changed a name',
  'account.disabled': 'Disabled an account',
  'account.enabled': 'Enabled an account',
  'account.roles_changed': 'Changed roles',
  'account.password_changed': 'Changed a password',
  'account.password_reset_asked': 'Asked for a new password',
  'account.password_reset': 'Chose a new password by mail',
  'account.email_verified': 'Verified an email address',
  'account.email_change_asked': 'Asked for another email address',
  'account.email_changed': 'Changed an email address',
  'account.email_change_undone': 'Took back an email address',
  'account.locked_down': 'Locked down an account',
  'account.exported': 'Took the data of an account',
  'account.closed': 'Closed an account',
  'factor.totp_added': 'Added an authenticator app',
  'factor.totp_removed': 'Removed an authenticator app',
  'factor.recovery_codes_made': 'Made recovery codes',
  'factor.reset': 'Reset second factors',
  'passkey.added': 'Added a passkey',
  'passkey.renamed': 'Renamed a passkey',
  'passkey.removed': 'Removed a passkey',
  'device.trusted': 'Trusted a browser',
  'device.distrusted': 'Stopped trusting browsers',
  'session.created': 'Signed in',
  'session.confirmed': 'Confirmed who they are',
  'session.ended': 'Ended a session',
  'session.refresh_reused': 'Used a refresh token again',
  'sign_in.failed': 'Failed to sign in',
  'sign_in.limited': 'Was slowed down at sign-in',
  'token.created': 'Made an access token',
  'api_key.created': 'Made an API key',
  'api_key.renamed': 'Renamed an API key',
  'api_key.changed': 'Changed what binds an API key',
  'api_key.rotated': 'Rotated an API key',
  'api_key.revoked': 'Revoked an API key',
  'api_key.refused': 'Used an API key that has ended',
  'api_key.new_network': 'Used an API key from a new network',
  'denial.repeated': 'Was refused again and again',
  'alert.acknowledged': 'Acknowledged an alert',
  'alert.dismissed': 'Dismissed an alert',
  'app.created': 'Made an app',
  'app.changed': 'Changed an app',
  'app.disabled': 'Disabled an app',
  'app.enabled': 'Enabled an app',
  'app.secret_rotated': 'Rotated an app’s secret',
  'grant.created': 'Allowed an app',
  'grant.refused': 'Refused an app',
  'grant.revoked': 'Revoked an app’s access',
  'grant.code_reused': 'Used an authorization code again',
  'grant.refresh_reused': 'Used an app’s refresh token again',
  'role.created': 'Made a role',
  'role.changed': 'Changed a role',
  'role.removed': 'Removed a role',
  'resource.created': 'Registered a resource',
  'resource.changed': 'Changed a resource',
  'resource.removed': 'Removed a resource',
  'settings.changed': 'Changed the settings',
  'signing_key.created': 'Made a signing key',
  'signing_key.rotated': 'Rotated the signing keys',
} as const;
export type Act = keyof typeof ACTS;
export const act = z.enum(Object.keys(ACTS) as [Act, ...Act[]]);

export const auditEntry = z.object({
  id: auditEntryId,
  /** Its place in the chain, from 1, without gaps. */
  number: z.int(),
  atMs: timeMs,
  act,
  actor: z.object({
    kind: z.enum(['anonymous', 'person', 'service', 'app', 'system']),
    id: z.nullable(z.string()),
    name: z.nullable(z.string()),
  }),
  credential: z.nullable(z.object({ kind: z.string(), id: z.string() })),
  /** Whom or what it was done to. */
  target: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.nullable(z.string()) })),
  address: z.nullable(z.string()),
  requestId: z.nullable(z.string()),
  details: z.record(z.string(), z.unknown()),
  digest: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditPage = pageOf(auditEntry);
export const auditListInput = z.strictObject({
  ...pageInput,
  act: z.optional(act),
  actorId: z.optional(line(60)),
  targetId: z.optional(line(60)),
  fromMs: z.optional(wholeNumber(0, 9_999_999_999_999)),
  untilMs: z.optional(wholeNumber(0, 9_999_999_999_999)),
});
