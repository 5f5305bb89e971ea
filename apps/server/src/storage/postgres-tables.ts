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
  auditHead,
  auditEntries,
  followers,
  alerts,
  rateLimits,
  totpSecrets,
  recoveryCodes,
  passkeys,
  spentTokens,
  settings,
} = defineTables(postgresKit);
