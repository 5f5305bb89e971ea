import { sqliteKit } from './kit.ts';
import { defineTables } from './tables.ts';

/** Each table by name, since drizzle-kit reads a module's exports. */
export const {
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
} = defineTables(sqliteKit);
