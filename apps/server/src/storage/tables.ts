import type {
  AccountId,
  Alert,
  AlertCode,
  AlertId,
  ApiKeyId,
  AppGrant,
  AppId,
  AppJwks,
  AppKind,
  AuditEntryId,
  CredentialKind,
  DenialCode,
  DenialId,
  GrantId,
  PasskeyId,
  PermissionName,
  ResourceId,
  SessionId,
} from '@latchkey/schemas';
import { isNotNull } from 'drizzle-orm';

import type { Kit } from './kit.ts';

/** Every table, written once for both databases: `kit` makes the columns. Names end in their unit; digests are base64url of SHA-256. */
export function defineTables(kit: Kit) {
  const accounts = kit.table(
    'accounts',
    {
      id: kit.text('id').$type<AccountId>().primaryKey(),
      kind: kit.text('kind').$type<'person' | 'service'>().notNull(),
      /** Lower case, one account each; null for service accounts, and once the account is closed. */
      email: kit.text('email'),
      name: kit.text('name').notNull(),
      /** PHC text of argon2id; null until the person has chosen one. */
      passwordHash: kit.text('password_hash'),
      /** Null for as long as there is none, and where nobody knows any more. */
      passwordChangedAtMs: kit.ms('password_changed_at_ms'),
      /** `closed`: what is left is the row that other rows, and the audit, point to. */
      status: kit.text('status').$type<'active' | 'invited' | 'disabled' | 'closed'>().notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      lastSignInAtMs: kit.ms('last_sign_in_at_ms'),
      /** When a link that was mailed to the address came back; null where none did. */
      emailVerifiedAtMs: kit.ms('email_verified_at_ms'),
    },
    (table) => [
      kit.uniqueIndex('accounts_by_email').on(table.email),
      kit.index('accounts_by_kind').on(table.kind, table.createdAtMs, table.id),
    ],
  );

  const accountRoles = kit.table(
    'account_roles',
    {
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      role: kit.text('role').notNull(),
    },
    (table) => [
      kit.primaryKey({ name: 'account_roles_pk', columns: [table.accountId, table.role] }),
      kit.index('account_roles_by_role').on(table.role, table.accountId),
    ],
  );

  /**
   * Roles that admins made. The built-in ones live in the catalogue; a row of theirs holds what resources add to them and whether
   * they want a second factor, so that who may what is one read.
   */
  const roles = kit.table('roles', {
    name: kit.text('name').primaryKey(),
    description: kit.text('description').notNull(),
    permissions: kit.json('permissions').$type<PermissionName[]>().notNull(),
    createdAtMs: kit.ms('created_at_ms').notNull(),
    /** From when on whoever has it needs a second factor; null where nobody does. */
    secondFactorFromMs: kit.ms('second_factor_from_ms'),
  });

  /** APIs that trust us; we ourselves are none of the rows. */
  const resources = kit.table(
    'resources',
    {
      id: kit.text('id').$type<ResourceId>().primaryKey(),
      name: kit.text('name').notNull(),
      audience: kit.text('audience').notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
    },
    (table) => [kit.uniqueIndex('resources_by_audience').on(table.audience)],
  );

  /** A name belongs to one resource. */
  const resourcePermissions = kit.table(
    'resource_permissions',
    {
      name: kit.text('name').$type<PermissionName>().primaryKey(),
      resourceId: kit
        .text('resource_id')
        .$type<ResourceId>()
        .notNull()
        .references(() => resources.id),
      description: kit.text('description').notNull(),
    },
    (table) => [kit.index('resource_permissions_by_resource').on(table.resourceId, table.name)],
  );

  const sessions = kit.table(
    'sessions',
    {
      id: kit.text('id').$type<SessionId>().primaryKey(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      refreshDigest: kit.text('refresh_digest').notNull(),
      previousRefreshDigest: kit.text('previous_refresh_digest'),
      refreshedAtMs: kit.ms('refreshed_at_ms').notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      /** When the person last proved who they are. */
      authenticatedAtMs: kit.ms('authenticated_at_ms').notNull(),
      lastUsedAtMs: kit.ms('last_used_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms').notNull(),
      endedAtMs: kit.ms('ended_at_ms'),
      userAgent: kit.text('user_agent').notNull(),
      address: kit.text('address').notNull(),
    },
    (table) => [kit.index('sessions_by_account').on(table.accountId, table.createdAtMs)],
  );

  /** Which accounts somebody has signed in to in which browser. A browser is known by the random token in a cookie of its own. */
  const knownDevices = kit.table(
    'known_devices',
    {
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      tokenDigest: kit.text('token_digest').notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      lastSignInAtMs: kit.ms('last_sign_in_at_ms').notNull(),
      userAgent: kit.text('user_agent').notNull(),
      /** As limits count it: IPv6 by its /64. */
      network: kit.text('network').notNull(),
      /** Until when no second factor is asked for in this browser; null where it is. */
      trustedUntilMs: kit.ms('trusted_until_ms'),
    },
    (table) => [
      kit.primaryKey({ name: 'known_devices_pk', columns: [table.accountId, table.tokenDigest] }),
      kit.index('known_devices_by_token').on(table.tokenDigest),
    ],
  );

  /** Links that work once. */
  const links = kit.table(
    'links',
    {
      tokenDigest: kit.text('token_digest').primaryKey(),
      purpose: kit
        .text('purpose')
        .$type<'setup' | 'invitation' | 'sign_up' | 'reset' | 'verify_email' | 'change_email' | 'undo_email'>()
        .notNull(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .references(() => accounts.id),
      /** The address that it was mailed to; for an undoing, the one that it brings back. */
      email: kit.text('email'),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms').notNull(),
      usedAtMs: kit.ms('used_at_ms'),
    },
    (table) => [kit.index('links_by_account').on(table.accountId), kit.index('links_by_email').on(table.email)],
  );

  const signingKeys = kit.table('signing_keys', {
    kid: kit.text('kid').primaryKey(),
    algorithm: kit.text('algorithm').$type<'ES256' | 'RS256'>().notNull(),
    publicJwk: kit.json('public_jwk').$type<Record<string, string>>().notNull(),
    /** PKCS#8, sealed with the master secret. */
    sealedPrivateKey: kit.text('sealed_private_key').notNull(),
    createdAtMs: kit.ms('created_at_ms').notNull(),
    /** From when it signs. */
    activeFromMs: kit.ms('active_from_ms').notNull(),
    /** From when it is no longer published. */
    removedFromMs: kit.ms('removed_from_ms'),
  });

  const apiKeys = kit.table(
    'api_keys',
    {
      id: kit.text('id').$type<ApiKeyId>().primaryKey(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      name: kit.text('name').notNull(),
      secretDigest: kit.text('secret_digest').notNull(),
      previousSecretDigest: kit.text('previous_secret_digest'),
      previousSecretUntilMs: kit.ms('previous_secret_until_ms'),
      permissions: kit.json('permissions').$type<PermissionName[]>().notNull(),
      allowQuery: kit.flag('allow_query').notNull(),
      ipAllowList: kit.json('ip_allow_list').$type<string[]>().notNull(),
      rateLimit: kit.json('rate_limit').$type<{ limit: number; windowSeconds: number } | null>(),
      quota: kit.json('quota').$type<{ limit: number; per: 'day' | 'week' | 'month' } | null>(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms'),
      rotatedAtMs: kit.ms('rotated_at_ms'),
      revokedAtMs: kit.ms('revoked_at_ms'),
      lastUsedAtMs: kit.ms('last_used_at_ms'),
      /** When its owner is next to be mailed that it ends soon. */
      remindAtMs: kit.ms('remind_at_ms'),
    },
    (table) => [
      kit.index('api_keys_by_creation').on(table.createdAtMs, table.id),
      kit.index('api_keys_by_account').on(table.accountId, table.createdAtMs, table.id),
      kit.index('api_keys_by_expiry').on(table.expiresAtMs, table.id),
      kit.index('api_keys_by_reminder').on(table.remindAtMs).where(isNotNull(table.remindAtMs)),
    ],
  );

  /** Which keys carry a permission that a resource brought: their own rows say so too, but can't be searched for it. */
  const apiKeyPermissions = kit.table(
    'api_key_permissions',
    {
      permission: kit.text('permission').$type<PermissionName>().notNull(),
      apiKeyId: kit
        .text('api_key_id')
        .$type<ApiKeyId>()
        .notNull()
        .references(() => apiKeys.id),
    },
    (table) => [kit.primaryKey({ name: 'api_key_permissions_pk', columns: [table.permission, table.apiKeyId] })],
  );

  /** OAuth 2 clients. Digests alone are kept of their secrets. */
  const apps = kit.table(
    'apps',
    {
      id: kit.text('id').$type<AppId>().primaryKey(),
      name: kit.text('name').notNull(),
      kind: kit.text('kind').$type<AppKind>().notNull(),
      firstParty: kit.flag('first_party').notNull(),
      /** Null for apps that keep no secret, or prove themselves by their keys. */
      secretDigest: kit.text('secret_digest'),
      previousSecretDigest: kit.text('previous_secret_digest'),
      previousSecretUntilMs: kit.ms('previous_secret_until_ms'),
      secretRotatedAtMs: kit.ms('secret_rotated_at_ms'),
      jwks: kit.json('jwks').$type<AppJwks | null>(),
      redirectUris: kit.json('redirect_uris').$type<string[]>().notNull(),
      postLogoutRedirectUris: kit.json('post_logout_redirect_uris').$type<string[]>().notNull(),
      backchannelLogoutUri: kit.text('backchannel_logout_uri'),
      grants: kit.json('grants').$type<AppGrant[]>().notNull(),
      scopes: kit.json('scopes').$type<string[]>().notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      disabledAtMs: kit.ms('disabled_at_ms'),
      lastUsedAtMs: kit.ms('last_used_at_ms'),
    },
    (table) => [kit.index('apps_by_creation').on(table.createdAtMs, table.id)],
  );

  /** What people have allowed apps to do. The app is named as it names itself: apps described by a document have no row. */
  const grants = kit.table(
    'grants',
    {
      id: kit.text('id').$type<GrantId>().primaryKey(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      appId: kit.text('app_id').notNull(),
      appName: kit.text('app_name').notNull(),
      scopes: kit.json('scopes').$type<string[]>().notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      lastUsedAtMs: kit.ms('last_used_at_ms').notNull(),
    },
    (table) => [kit.uniqueIndex('grants_by_account_and_app').on(table.accountId, table.appId)],
  );

  /**
   * Whatever the OAuth engine keeps: codes, tokens, families of tokens, pending requests. Found by the digest of the secret
   * text that names it, which isn't stored.
   */
  const artifacts = kit.table(
    'artifacts',
    {
      idDigest: kit.text('id_digest').notNull(),
      model: kit.text('model').notNull(),
      /** The family that it came from and ends with; a family's own id in its own row. */
      familyId: kit.text('family_id'),
      appId: kit.text('app_id'),
      accountId: kit.text('account_id').$type<AccountId>(),
      sessionId: kit.text('session_id').$type<SessionId>(),
      userCodeDigest: kit.text('user_code_digest'),
      payload: kit.json('payload').$type<Record<string, unknown>>().notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms').notNull(),
      consumedAtMs: kit.ms('consumed_at_ms'),
    },
    (table) => [
      kit.primaryKey({ name: 'artifacts_pk', columns: [table.idDigest, table.model] }),
      kit.index('artifacts_by_family').on(table.familyId),
      kit.index('artifacts_by_session').on(table.sessionId),
      kit.index('artifacts_by_account_and_app').on(table.accountId, table.appId),
      kit.uniqueIndex('artifacts_by_user_code').on(table.userCodeDigest),
      kit.index('artifacts_by_end').on(table.expiresAtMs),
    ],
  );

  /** Apps that are to be told that a person's session ended; gone once they were. */
  const signOutNotices = kit.table(
    'sign_out_notices',
    {
      /** The session as the app knows it, the `sid` of its ID token. Each app has a name of its own for it. */
      id: kit.text('sid').primaryKey(),
      appId: kit.text('app_id').$type<AppId>().notNull(),
      accountId: kit.text('account_id').$type<AccountId>().notNull(),
      ...tries(kit),
    },
    (table) => [kit.index('sign_out_notices_by_next_try').on(table.nextTryAtMs)],
  );

  /** What a key's quota still allows: one row for each key that has one, for the period that it was last used in. */
  const apiKeyQuotas = kit.table('api_key_quotas', {
    apiKeyId: kit.text('api_key_id').$type<ApiKeyId>().primaryKey(),
    periodEndsAtMs: kit.ms('period_ends_at_ms').notNull(),
    used: kit.integer('used').notNull(),
  });

  /** How often each key called each procedure in each hour, and what came of it. */
  const apiKeyUsage = kit.table(
    'api_key_usage',
    {
      apiKeyId: kit.text('api_key_id').$type<ApiKeyId>().notNull(),
      /** The start of the hour. */
      hourMs: kit.ms('hour_ms').notNull(),
      procedure: kit.text('procedure').notNull(),
      /** The permissions that the calls relied on, with spaces between. */
      permissions: kit.text('permissions').notNull(),
      ...outcomes(kit),
    },
    (table) => [
      kit.primaryKey({
        name: 'api_key_usage_pk',
        columns: [table.apiKeyId, table.hourMs, table.procedure, table.permissions],
      }),
      kit.index('api_key_usage_by_hour').on(table.hourMs),
    ],
  );

  /** The same by day alone, for the small pictures in lists. */
  const apiKeyUsageDays = kit.table(
    'api_key_usage_days',
    {
      apiKeyId: kit.text('api_key_id').$type<ApiKeyId>().notNull(),
      /** The start of the day, in UTC. */
      dayMs: kit.ms('day_ms').notNull(),
      ...outcomes(kit),
    },
    (table) => [
      kit.primaryKey({ name: 'api_key_usage_days_pk', columns: [table.apiKeyId, table.dayMs] }),
      kit.index('api_key_usage_days_by_day').on(table.dayMs),
    ],
  );

  /** From which networks, and by which programs, each key was used: the latest few. */
  const apiKeySources = kit.table(
    'api_key_sources',
    {
      apiKeyId: kit.text('api_key_id').$type<ApiKeyId>().notNull(),
      network: kit.text('network').notNull(),
      agent: kit.text('agent').notNull(),
      calls: kit.integer('calls').notNull(),
      firstSeenAtMs: kit.ms('first_seen_at_ms').notNull(),
      lastSeenAtMs: kit.ms('last_seen_at_ms').notNull(),
      /** When a secret that a rotation had replaced was last used from there. */
      previousSecretAtMs: kit.ms('previous_secret_at_ms'),
    },
    (table) => [kit.primaryKey({ name: 'api_key_sources_pk', columns: [table.apiKeyId, table.network, table.agent] })],
  );

  /** One row: the end of the audit chain. Its update is the lock that puts entries in one order. */
  const auditHead = kit.table('audit_head', {
    id: kit.integer('id').primaryKey(),
    number: kit.integer('number').notNull(),
    digest: kit.text('digest').notNull(),
  });

  const auditEntries = kit.table(
    'audit_entries',
    {
      number: kit.integer('number').primaryKey(),
      id: kit.text('id').$type<AuditEntryId>().notNull(),
      atMs: kit.ms('at_ms').notNull(),
      act: kit.text('act').notNull(),
      actorKind: kit.text('actor_kind').$type<'anonymous' | 'person' | 'service' | 'app' | 'system'>().notNull(),
      actorId: kit.text('actor_id'),
      actorName: kit.text('actor_name'),
      credentialKind: kit.text('credential_kind'),
      credentialId: kit.text('credential_id'),
      targetKind: kit.text('target_kind'),
      targetId: kit.text('target_id'),
      targetName: kit.text('target_name'),
      address: kit.text('address'),
      requestId: kit.text('request_id'),
      details: kit.json('details').$type<Record<string, unknown>>().notNull(),
      /** What of the details tells of a person. */
      personalDetails: kit.json('personal_details').$type<Record<string, unknown> | null>(),
      /**
       * What tells of people is in the chain by its salted digest alone, so that it can be erased without breaking it: the salt
       * goes with it. Of the actor: name and address; of the target: name and personal details. Entries from before this have
       * no such digests.
       */
      actorDigest: kit.text('actor_digest'),
      actorSalt: kit.text('actor_salt'),
      targetDigest: kit.text('target_digest'),
      targetSalt: kit.text('target_salt'),
      /** SHA-256 over this entry's canonical text, with the digest before it in the place of its own. */
      digest: kit.text('digest').notNull(),
    },
    (table) => [
      kit.index('audit_entries_by_time').on(table.atMs, table.number),
      kit.index('audit_entries_by_act').on(table.act, table.atMs, table.number),
      kit.index('audit_entries_by_actor').on(table.actorId, table.atMs, table.number),
      kit.index('audit_entries_by_target').on(table.targetId, table.atMs, table.number),
    ],
  );

  /** How far who follows the audit has come. */
  const followers = kit.table('followers', {
    name: kit.text('name').primaryKey(),
    /** The last entry that it has dealt with. */
    entryNumber: kit.integer('entry_number').notNull(),
  });

  const alerts = kit.table(
    'alerts',
    {
      id: kit.text('id').$type<AlertId>().primaryKey(),
      code: kit.text('code').$type<AlertCode>().notNull(),
      status: kit.text('status').$type<Alert['status']>().notNull(),
      subjectKind: kit.text('subject_kind').$type<Alert['subject']['kind']>().notNull(),
      subjectId: kit.text('subject_id').notNull(),
      subjectName: kit.text('subject_name'),
      /** Code and subject while it is open, so that there is one open alert of each; null afterwards. */
      openKey: kit.text('open_key'),
      count: kit.integer('count').notNull(),
      firstAtMs: kit.ms('first_at_ms').notNull(),
      lastAtMs: kit.ms('last_at_ms').notNull(),
      evidence: kit.json('evidence').$type<Alert['evidence']>().notNull(),
      /** When it was last told, by mail and to the webhook. */
      mailedAtMs: kit.ms('mailed_at_ms'),
      decidedAtMs: kit.ms('decided_at_ms'),
      decidedBy: kit.text('decided_by'),
    },
    (table) => [
      kit.uniqueIndex('alerts_by_open_key').on(table.openKey),
      kit.index('alerts_by_time').on(table.firstAtMs, table.id),
      kit.index('alerts_by_status').on(table.status, table.firstAtMs, table.id),
    ],
  );

  /** What the webhook is to be told of alerts; gone once it was. */
  const alertDeliveries = kit.table(
    'alert_deliveries',
    {
      /** The `webhook-id` of every try. */
      id: kit.text('id').primaryKey(),
      alertId: kit.text('alert_id').$type<AlertId>().notNull(),
      type: kit.text('type').$type<'alert.opened' | 'alert.repeated'>().notNull(),
      seenAtMs: kit.ms('seen_at_ms').notNull(),
      ...tries(kit),
    },
    (table) => [kit.index('alert_deliveries_by_next_try').on(table.nextTryAtMs)],
  );

  /** One row: the number of the newest denial. */
  const denialHead = kit.table('denial_head', {
    id: kit.integer('id').primaryKey(),
    number: kit.integer('number').notNull(),
  });

  /** The newest refused guards. Names are as they were, and the oldest rows go as new ones come. */
  const denials = kit.table(
    'denials',
    {
      number: kit.integer('number').primaryKey(),
      id: kit.text('id').$type<DenialId>().notNull(),
      atMs: kit.ms('at_ms').notNull(),
      code: kit.text('code').$type<DenialCode>().notNull(),
      procedure: kit.text('procedure').notNull(),
      missing: kit.text('missing').notNull(),
      wouldBeEnough: kit.json('would_be_enough').$type<string[]>().notNull(),
      accountKind: kit.text('account_kind').$type<'person' | 'service' | 'app'>().notNull(),
      accountId: kit.text('account_id').$type<AccountId>().notNull(),
      accountName: kit.text('account_name').notNull(),
      credentialKind: kit.text('credential_kind').$type<CredentialKind>().notNull(),
      credentialId: kit.text('credential_id').notNull(),
      apiKeyId: kit.text('api_key_id').$type<ApiKeyId>(),
      address: kit.text('address'),
      userAgent: kit.text('user_agent').notNull(),
      requestId: kit.text('request_id'),
    },
    (table) => [
      kit.uniqueIndex('denials_by_id').on(table.id),
      kit.index('denials_by_account').on(table.accountId, table.number),
      kit.index('denials_by_api_key').on(table.apiKeyId, table.number),
      kit.index('denials_by_missing').on(table.missing, table.number),
    ],
  );

  /** Counters: one row for each thing counted, in a window that starts with its first count. */
  const rateLimits = kit.table(
    'rate_limits',
    {
      key: kit.text('key').primaryKey(),
      count: kit.integer('count').notNull(),
      /** From when the count is forgotten. */
      windowEndsAtMs: kit.ms('window_ends_at_ms').notNull(),
      /** Until when the next try must wait; null where it needn't. */
      waitUntilMs: kit.ms('wait_until_ms'),
      /** Whether the audit knows of this wait. */
      waitNoted: kit.flag('wait_noted'),
    },
    (table) => [kit.index('rate_limits_by_end').on(table.windowEndsAtMs)],
  );

  /** A person's authenticator app: at most one each. */
  const totpSecrets = kit.table('totp_secrets', {
    accountId: kit
      .text('account_id')
      .$type<AccountId>()
      .primaryKey()
      .references(() => accounts.id),
    /** Sealed with the master secret. */
    sealedSecret: kit.text('sealed_secret').notNull(),
    /** The newest step whose code was taken: no code of it or of one before it is taken again. */
    lastStep: kit.integer('last_step').notNull(),
    createdAtMs: kit.ms('created_at_ms').notNull(),
  });

  const recoveryCodes = kit.table(
    'recovery_codes',
    {
      codeDigest: kit.text('code_digest').primaryKey(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      usedAtMs: kit.ms('used_at_ms'),
    },
    (table) => [kit.index('recovery_codes_by_account').on(table.accountId)],
  );

  const passkeys = kit.table(
    'passkeys',
    {
      id: kit.text('id').$type<PasskeyId>().primaryKey(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .notNull()
        .references(() => accounts.id),
      /** As the authenticator calls it, base64url. */
      credentialId: kit.text('credential_id').notNull(),
      /** COSE, base64url. */
      publicKey: kit.text('public_key').notNull(),
      /** How often it has signed, as it says itself; 0 for ever where it doesn't count. */
      counter: kit.integer('counter').notNull(),
      name: kit.text('name').notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      lastUsedAtMs: kit.ms('last_used_at_ms'),
    },
    (table) => [
      kit.uniqueIndex('passkeys_by_credential').on(table.credentialId),
      kit.index('passkeys_by_account').on(table.accountId, table.createdAtMs),
    ],
  );

  /** Sealed tokens that work once, and have: kept until they would have expired anyway. */
  const spentTokens = kit.table(
    'spent_tokens',
    {
      nonce: kit.text('nonce').primaryKey(),
      expiresAtMs: kit.ms('expires_at_ms').notNull(),
    },
    (table) => [kit.index('spent_tokens_by_end').on(table.expiresAtMs)],
  );

  const settings = kit.table('settings', {
    name: kit.text('name').primaryKey(),
    value: kit.json('value').$type<unknown>().notNull(),
  });

  return {
    accounts,
    accountRoles,
    roles,
    resources,
    resourcePermissions,
    sessions,
    knownDevices,
    links,
    signingKeys,
    apiKeys,
    apiKeyPermissions,
    apps,
    grants,
    artifacts,
    signOutNotices,
    apiKeyQuotas,
    apiKeyUsage,
    apiKeyUsageDays,
    apiKeySources,
    auditHead,
    auditEntries,
    followers,
    alerts,
    alertDeliveries,
    denialHead,
    denials,
    rateLimits,
    totpSecrets,
    recoveryCodes,
    passkeys,
    spentTokens,
    settings,
  };
}

/** How often it was tried to deliver it, and when the next try is due. */
function tries(kit: Kit) {
  return { tries: kit.integer('tries').notNull(), nextTryAtMs: kit.ms('next_try_at_ms').notNull() };
}

/** One column for each outcome, so that a call is one addition to one row. */
function outcomes(kit: Kit) {
  return {
    ok: kit.integer('ok').notNull(),
    denied: kit.integer('denied').notNull(),
    limited: kit.integer('limited').notNull(),
    failed: kit.integer('failed').notNull(),
  };
}

export type Tables = ReturnType<typeof defineTables>;
