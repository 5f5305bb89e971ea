import * as z from 'zod/mini';

import { appId, grantId } from './ids.ts';
import { redirectUri } from './redirect-uris.ts';
import { flag, line, pageInput, pageOf, timeMs, wholeNumber } from './text.ts';

/** What OpenID Connect defines, with the sentence that people read when an app asks for it. */
export const OPENID_SCOPES = {
  openid: 'Know which account is yours.',
  profile: 'See your name.',
  email: 'See your email address.',
  offline_access: 'Stay connected while you are away.',
} as const;
export type OpenidScope = keyof typeof OPENID_SCOPES;

export function isOpenidScope(scope: string): scope is OpenidScope {
  return Object.hasOwn(OPENID_SCOPES, scope);
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const APP_GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, 'password'] as const;
export type AppGrant = (typeof APP_GRANTS)[number];

/** The grant types of RFC 6749 and RFC 8628; the latter by its short name as well. */
const appGrant = z.pipe(
  z.enum(
    [...APP_GRANTS, 'device_code'],
    'Use authorization_code, refresh_token, client_credentials, device_code or password.',
  ),
  z.transform((grant): AppGrant => (grant === 'device_code' ? DEVICE_CODE : grant)),
);

/** Openid's own scopes, and permissions. RFC 6749 section 3.3 says which characters a scope has; ours have fewer. */
const scope = z
  .string()
  .check(z.maxLength(60), z.regex(/^[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*)?$/, 'Use a scope such as notes:read.'));
const scopes = z.array(scope).check(z.maxLength(200));

export const appKind = z.enum(['web', 'spa', 'native', 'machine', 'mcp']);
export type AppKind = z.infer<typeof appKind>;

export const app = z.object({
  /** The `client_id`. */
  id: appId,
  name: z.string(),
  /** A server's pages, a page alone, a program on somebody's device, nobody's, or a client of the Model Context Protocol. */
  kind: appKind,
  /** Keeps no secret (RFC 6749 section 2.1). */
  public: z.boolean(),
  /** Belongs to whoever runs this server: people aren't asked whether they allow it. */
  firstParty: z.boolean(),
  redirectUris: z.array(z.string()),
  postLogoutRedirectUris: z.array(z.string()),
  backchannelLogoutUri: z.nullable(z.string()),
  grants: z.array(z.enum(APP_GRANTS)),
  scopes: z.array(z.string()),
  /** Whether it proves itself by a key of its own instead of a secret (RFC 7523). */
  hasKeys: z.boolean(),
  createdAtMs: timeMs,
  lastUsedAtMs: z.nullable(timeMs),
  secretRotatedAtMs: z.nullable(timeMs),
  /** Until when the secret before the last rotation still works; null when it doesn't. */
  previousSecretUntilMs: z.nullable(timeMs),
  status: z.enum(['active', 'disabled']),
});
export type App = z.infer<typeof app>;

const redirectUris = z.array(redirectUri).check(z.maxLength(20));
/** Public keys alone: a private half that is sent here is refused, and so is never stored. */
const publicJwk = z.union([
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.enum(['P-256', 'P-384', 'P-521']),
    x: line(200),
    y: line(200),
    kid: z.optional(line(200)),
    alg: z.optional(line(20)),
    use: z.optional(z.literal('sig')),
  }),
  z.strictObject({
    kty: z.literal('RSA'),
    n: line(2000),
    e: line(20),
    kid: z.optional(line(200)),
    alg: z.optional(line(20)),
    use: z.optional(z.literal('sig')),
  }),
]);
const jwks = z.strictObject({ keys: z.array(publicJwk).check(z.minLength(1), z.maxLength(5)) });
export type AppJwks = z.infer<typeof jwks>;

const appFields = {
  name: line(100),
  redirectUris,
  postLogoutRedirectUris: redirectUris,
  backchannelLogoutUri: z.nullable(redirectUri),
  scopes,
};

export const createAppInput = z.strictObject({
  name: appFields.name,
  kind: z.optional(appKind),
  redirectUris: z._default(redirectUris, []),
  postLogoutRedirectUris: z._default(redirectUris, []),
  backchannelLogoutUri: z._default(appFields.backchannelLogoutUri, null),
  grants: z._default(z.array(appGrant).check(z.minLength(1), z.maxLength(5)), ['authorization_code', 'refresh_token']),
  scopes: z._default(scopes, []),
  public: z._default(flag, false),
  firstParty: z._default(flag, false),
  jwks: z.optional(jwks),
});
/** The only answers that ever hold an app's secret; null where it has none. */
export const appWithSecret = z.object({ app, clientId: appId, clientSecret: z.nullable(z.string()) });
export const appAnswer = z.object({ app });
export const appPage = pageOf(app);
export const appListInput = z.strictObject({ ...pageInput, q: z.optional(line(100)) });
export const appInput = z.strictObject({ id: appId });
export const updateAppInput = z.strictObject({
  id: appId,
  name: z.optional(appFields.name),
  redirectUris: z.optional(redirectUris),
  postLogoutRedirectUris: z.optional(redirectUris),
  backchannelLogoutUri: z.optional(appFields.backchannelLogoutUri),
  scopes: z.optional(scopes),
  disabled: z.optional(flag),
});
export const rotateAppInput = z.strictObject({
  id: appId,
  graceSeconds: z._default(wholeNumber(0, 30 * 86_400), 86_400),
});

/** What a person has allowed an app to do. */
export const grant = z.object({
  id: grantId,
  appId: z.string(),
  appName: z.string(),
  scopes: z.array(z.object({ name: z.string(), description: z.string() })),
  createdAtMs: timeMs,
  lastUsedAtMs: timeMs,
});
export type Grant = z.infer<typeof grant>;
export const grantList = z.object({ items: z.array(grant) });
export const grantInput = z.strictObject({ id: grantId });

const asked = z.array(z.object({ name: z.string(), description: z.string() }));

/** What a person sees before they allow an app something. */
export const consentQuestion = z.object({
  app: z.object({
    id: z.string(),
    name: z.string(),
    /** Described by a document of its own, at this host, and known to nobody here. */
    documentHost: z.nullable(z.string()),
  }),
  account: z.string(),
  allows: asked,
  /** What it asked for and won't get, since the person hasn't it. */
  lacks: asked,
  /** Where the browser goes afterwards; null for a device. */
  redirectHost: z.nullable(z.string()),
});
export type ConsentQuestion = z.infer<typeof consentQuestion>;

const interactionId = z.string().check(z.regex(/^[A-Za-z0-9_-]{10,100}$/, 'Use the link as it was given.'));
export const consentInput = z.strictObject({ id: interactionId });
export const decideConsentInput = z.strictObject({ id: interactionId, allow: flag });
export const consentDecided = z.object({ next: z.string() });

const userCode = line(40);
export const deviceInput = z.strictObject({ userCode });
export const decideDeviceInput = z.strictObject({ userCode, allow: flag });
