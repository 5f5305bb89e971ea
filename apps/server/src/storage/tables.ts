import type { AccountId, ApiKeyId, AuditEntryId, Permission, SessionId } from '@latchkey/schemas';

import type { Kit } from './kit.ts';

/** Every table, written once for both databases: `kit` makes the columns. Names end in their unit; digests are base64url of SHA-256. */
export function defineTables(kit: Kit) {
  const accounts = kit.table(
    'accounts',
    {
      id: kit.text('id').$type<AccountId>().primaryKey(),
      kind: kit.text('kind').$type<'person' | 'service'>().notNull(),
      /** Lower case, one account each; null for service accounts. */
      email: kit.text('email'),
      name: kit.text('name').notNull(),
      /** PHC text of argon2id; null until the person has chosen one. */
      passwordHash: kit.text('password_hash'),
      status: kit.text('status').$type<'active' | 'invited' | 'disabled'>().notNull(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      lastSignInAtMs: kit.ms('last_sign_in_at_ms'),
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
      kit.index('account_roles_by_role').on(table.role),
    ],
  );

  /** Roles that admins made; the built-in ones live in the catalogue. */
  const roles = kit.table('roles', {
    name: kit.text('name').primaryKey(),
    description: kit.text('description').notNull(),
    permissions: kit.json('permissions').$type<Permission[]>().notNull(),
    createdAtMs: kit.ms('created_at_ms').notNull(),
  });

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

  /** Links that work once: set-up and invitations. */
  const links = kit.table(
    'links',
    {
      tokenDigest: kit.text('token_digest').primaryKey(),
      purpose: kit.text('purpose').$type<'setup' | 'invitation'>().notNull(),
      accountId: kit
        .text('account_id')
        .$type<AccountId>()
        .references(() => accounts.id),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms').notNull(),
      usedAtMs: kit.ms('used_at_ms'),
    },
    (table) => [kit.index('links_by_account').on(table.accountId)],
  );

  const signingKeys = kit.table('signing_keys', {
    kid: kit.text('kid').primaryKey(),
    algorithm: kit.text('algorithm').$type<'ES256'>().notNull(),
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
      permissions: kit.json('permissions').$type<Permission[]>().notNull(),
      allowQuery: kit.flag('allow_query').notNull(),
      ipAllowList: kit.json('ip_allow_list').$type<string[]>().notNull(),
      rateLimit: kit.json('rate_limit').$type<{ limit: number; windowSeconds: number } | null>(),
      quota: kit.json('quota').$type<{ limit: number; per: 'day' | 'week' | 'month' } | null>(),
      createdAtMs: kit.ms('created_at_ms').notNull(),
      expiresAtMs: kit.ms('expires_at_ms'),
      rotatedAtMs: kit.ms('rotated_at_ms'),
      revokedAtMs: kit.ms('revoked_at_ms'),
      lastUsedAtMs: kit.ms('last_used_at_ms'),
    },
    (table) => [
      kit.index('api_keys_by_creation').on(table.createdAtMs, table.id),
      kit.index('api_keys_by_account').on(table.accountId, table.createdAtMs, table.id),
      kit.index('api_keys_by_expiry').on(table.expiresAtMs, table.id),
    ],
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

  /** Counters against guessing: one row for each thing counted, in a window that starts with its first count. */
  const rateLimits = kit.table(
    'rate_limits',
    {
      key: kit.text('key').primaryKey(),
      count: kit.integer('count').notNull(),
      windowEndsAtMs: kit.ms('window_ends_at_ms').notNull(),
    },
    (table) => [kit.index('rate_limits_by_end').on(table.windowEndsAtMs)],
  );

  const settings = kit.table('settings', {
    name: kit.text('name').primaryKey(),
    value: kit.json('value').$type<unknown>().notNull(),
  });

  return {
    accounts,
    accountRoles,
    roles,
    sessions,
    links,
    signingKeys,
    apiKeys,
    apiKeyQuotas,
    apiKeyUsage,
    apiKeyUsageDays,
    apiKeySources,
    auditHead,
    auditEntries,
    rateLimits,
    settings,
  };
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
