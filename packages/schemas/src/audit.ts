import * as z from 'zod/mini';

import { auditEntryId } from './ids.ts';
import { line, pageInput, pageOf, timeMs, wholeNumber } from './text.ts';

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
  'session.created': 'Signed in',
  'session.confirmed': 'Confirmed a password',
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
  'role.created': 'Made a role',
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
