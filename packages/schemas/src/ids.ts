import * as z from 'zod/mini';

/** Each id names its kind, so that one can't pass for another. */
function idOf<Brand extends string>(prefix: string, brand: Brand) {
  return z
    .string()
    .check(z.regex(new RegExp(`^${prefix}_[0-9A-Za-z]{22}$`), `Use an id that starts with ${prefix}_.`))
    .brand(brand);
}

export const accountId = idOf('acc', 'AccountId');
export type AccountId = z.infer<typeof accountId>;

export const sessionId = idOf('ses', 'SessionId');
export type SessionId = z.infer<typeof sessionId>;

export const resourceId = idOf('res', 'ResourceId');
export type ResourceId = z.infer<typeof resourceId>;

/** An app's id is its `client_id`. */
export const appId = idOf('app', 'AppId');
export type AppId = z.infer<typeof appId>;

export const grantId = idOf('gra', 'GrantId');
export type GrantId = z.infer<typeof grantId>;

/** An API key's id is the public part of its text: `lk_<id>_…`. */
export const apiKeyId = z
  .string()
  .check(z.regex(/^[0-9A-Za-z]{22}$/, "Use an API key's id: 22 letters and digits."))
  .brand('ApiKeyId');
export type ApiKeyId = z.infer<typeof apiKeyId>;

export const passkeyId = idOf('pky', 'PasskeyId');
export type PasskeyId = z.infer<typeof passkeyId>;

export const auditEntryId = idOf('aud', 'AuditEntryId');
export type AuditEntryId = z.infer<typeof auditEntryId>;

export const alertId = idOf('alr', 'AlertId');
export type AlertId = z.infer<typeof alertId>;

export const denialId = idOf('den', 'DenialId');
export type DenialId = z.infer<typeof denialId>;
