import * as z from 'zod/mini';

import { accountId, apiKeyId, appId, sessionId } from './ids.ts';
import { permissionName, roleName } from './permissions.ts';
import { returnOrigin } from './redirect-uris.ts';
import { email, flag, line, newPassword, offeredPassword, pageInput, pageOf, personName, timeMs } from './text.ts';

const roleNames = z.array(roleName).check(z.maxLength(20));

/** Who a call acts as: `GET /api/v1/me`. */
export const me = z.object({
  kind: z.enum(['person', 'service', 'app']),
  /** Of an app that acts for itself: its `client_id`. */
  id: z.union([accountId, appId]),
  email: z.optional(z.string()),
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(permissionName),
  credential: z.object({ kind: z.enum(['session', 'access_token', 'api_key']), id: z.string() }),
  /** There for a person who has no second factor, of whom a role wants one: from then on nothing else works. */
  secondFactorDueAtMs: z.optional(timeMs),
});
export type Me = z.infer<typeof me>;

export const updateProfileInput = z.strictObject({ name: personName });
export const changePasswordInput = z.strictObject({ currentPassword: offeredPassword, newPassword });

export const session = z.object({
  id: sessionId,
  current: z.boolean(),
  createdAtMs: timeMs,
  lastUsedAtMs: timeMs,
  expiresAtMs: timeMs,
  /** What the browser calls itself, as it was at sign-in. */
  userAgent: z.string(),
  /** The address that the session was last used from. */
  address: z.string(),
});
export type Session = z.infer<typeof session>;
export const sessionList = z.object({ items: z.array(session) });
export const sessionInput = z.strictObject({ id: sessionId });
export const endedSessions = z.object({ ended: z.int() });

export const user = z.object({
  id: accountId,
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['active', 'invited', 'disabled']),
  createdAtMs: timeMs,
  lastSignInAtMs: z.nullable(timeMs),
  /** Which kinds they have set up; empty where the password is all. */
  secondFactors: z.array(z.enum(['passkey', 'totp'])),
});
export type User = z.infer<typeof user>;
export const userPage = pageOf(user);
export const userListInput = z.strictObject({
  ...pageInput,
  q: z.optional(line(100)),
  status: z.optional(z.enum(['active', 'invited', 'disabled'])),
  role: z.optional(roleName),
  /** Only people who have none. */
  secondFactor: z.optional(z.literal('none')),
});
/** Without a password the person is invited, and the link goes out by mail. */
export const createUserInput = z.strictObject({
  email,
  name: z.optional(personName),
  roles: z._default(roleNames, ['member']),
  password: z.optional(newPassword),
});
export const createdUser = z.object({
  user,
  invitationLink: z.nullable(z.string()),
  invitationExpiresAtMs: z.nullable(timeMs),
  /** Whether the invitation went out by mail as well. */
  mailed: z.boolean(),
});
export const accountInput = z.strictObject({ id: accountId });
export const updateUserInput = z.strictObject({
  id: accountId,
  name: z.optional(personName),
  roles: z.optional(roleNames),
  disabled: z.optional(flag),
});
/** What a lockdown has ended, beside the password. */
export const endedByLockdown = z.object({
  sessions: z.int(),
  apiKeys: z.array(z.object({ id: apiKeyId, name: z.string() })),
  /** The names of the apps that were allowed something. */
  apps: z.array(z.string()),
});
export type EndedByLockdown = z.infer<typeof endedByLockdown>;
/** The address is typed, so that nobody closes an account by one press, or the wrong one. */
export const closeAccountInput = z.strictObject({ email });
export const closeUserInput = z.strictObject({ id: accountId, email });
export const userSessionInput = z.strictObject({ id: accountId, sessionId });

export const serviceAccount = z.object({
  id: accountId,
  name: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['active', 'disabled']),
  createdAtMs: timeMs,
});
export type ServiceAccount = z.infer<typeof serviceAccount>;
export const serviceAccountPage = pageOf(serviceAccount);
export const serviceAccountListInput = z.strictObject({ ...pageInput, q: z.optional(line(100)) });
export const createServiceAccountInput = z.strictObject({ name: personName, roles: z._default(roleNames, ['member']) });
export const updateServiceAccountInput = z.strictObject({
  id: accountId,
  name: z.optional(personName),
  roles: z.optional(roleNames),
  disabled: z.optional(flag),
});

export const settings = z.object({
  signUpOpen: z.boolean(),
  /** Whether nobody signs in whose email address isn't verified. */
  verifiedOnly: z.boolean(),
  describedAppsAllowed: z.boolean(),
  forwardAuthOrigins: z.array(z.string()),
});
export type Settings = z.infer<typeof settings>;
export const updateSettingsInput = z.strictObject({
  signUpOpen: z.optional(flag),
  verifiedOnly: z.optional(flag),
  describedAppsAllowed: z.optional(flag),
  forwardAuthOrigins: z.optional(z.array(returnOrigin).check(z.maxLength(50, 'Use at most 50 addresses.'))),
});
