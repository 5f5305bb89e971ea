import { postgresKit } from './kit.ts';
import { defineTables } from './tables.ts';

/** Each table by name, since drizzle-kit reads a module's exports. */
export const {
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
  auditHead,
  auditEntries,
  followers,
  alerts,
  denialHead,
  denials,
  rateLimits,
  totpSecrets,
  recoveryCodes,
  spentTokens,
  settings,
} = defineTables(postgresKit);
