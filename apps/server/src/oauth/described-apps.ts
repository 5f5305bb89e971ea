import { isLoopbackUri, redirectUriFault } from '@latchkey/schemas';
import type { Client, errors as engineErrors, KoaContextWithOIDC } from 'oidc-provider';

import type { RateLimits } from '../rate-limits/index.ts';
import type { SettingsService } from '../settings/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { EXTRA_METADATA } from './clients.ts';
import { visitOf } from './visits.ts';

export type DescribedAppsNeeds = {
  rateLimits: Pick<RateLimits, 'take'>;
  settings: Pick<SettingsService, 'get'>;
  errors: typeof engineErrors;
};

/** How many documents one visitor makes us fetch. */
const FETCHES = { limit: 20, windowMs: 10 * MINUTE_MS };
const MAX_ADDRESS_LENGTH = 500;
const GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token']);

/**
 * Apps that nobody made here: their `client_id` is the address of a document that describes them, as MCP clients have it.
 * https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/
 */
export function createDescribedApps({ rateLimits, settings, errors }: DescribedAppsNeeds) {
  const mayAsk = async () => (await settings.get()).describedAppsAllowed;

  return {
    enabled: true,
    ack: 'draft-02',
    cacheDuration: { min: MINUTE_MS / SECOND_MS, max: HOUR_MS / SECOND_MS },

    async allowFetch({ req }: KoaContextWithOIDC, clientId: string): Promise<boolean> {
      if (clientId.length > MAX_ADDRESS_LENGTH || !(await mayAsk())) return false;
      const bucket = `oauth-document:${visitOf(req).origin.address ?? ''}`;
      return (await rateLimits.take(bucket, FETCHES.limit, FETCHES.windowMs)).allowed;
    },

    /** Asked each time, whether or not the document is still remembered. */
    async allowClient(_ctx: KoaContextWithOIDC, client: Client): Promise<boolean> {
      if (!(await mayAsk())) return false;
      const fault = faultOf(client);
      if (fault !== null) throw new errors.InvalidClientMetadata(fault);
      // RFC 8252 section 7.3: a program on somebody's device takes what port it gets, and is asked about each time.
      if ((client.redirectUris ?? []).some(isLoopbackUri)) Object.assign(client, { applicationType: 'native' });
      return true;
    },
  } as const;
}

export type DescribedApps = ReturnType<typeof createDescribedApps>;

/** Why what it says of itself won't do; null where it will. */
function faultOf(client: Client): string | null {
  // Else a document could say that it is an app of the house, of which nobody is asked.
  if (EXTRA_METADATA.some((name) => client[name] !== undefined)) return 'it claims what only an admin gives';
  if ((client.grantTypes ?? []).some((grant) => !GRANTS.has(grant))) return 'it may only act for people';
  const uris = [...(client.redirectUris ?? []), ...(client.postLogoutRedirectUris ?? [])];
  return uris.map(redirectUriFault).find((fault) => fault !== null) ?? null;
}
