import type { AdapterPayload } from 'oidc-provider';

import { isOnDevice, isPublicKind, type AppRow } from '../apps/index.ts';
import { equalDigests, sha256 } from '../crypto/index.ts';

/** What we tell the engine's clients beside the metadata that it knows. */
export const EXTRA_METADATA = ['first_party', 'previous_secret', 'previous_secret_until_ms', 'allowed_scopes'] as const;

export type OurClient = {
  clientId: string;
  clientSecret?: string;
  first_party?: boolean;
  previous_secret?: string | null;
  previous_secret_until_ms?: number | null;
  /** Which permissions it may ask for; undefined for an app that nobody here made, which may ask for any. */
  allowed_scopes?: readonly string[];
};

/** An app as the metadata of RFC 7591. The secret's place holds its digest. */
export function clientOfApp(app: AppRow): AdapterPayload {
  return {
    client_id: app.id,
    client_name: app.name,
    application_type: isOnDevice(app.kind) ? 'native' : 'web',
    token_endpoint_auth_method: authMethodOf(app),
    ...(app.secretDigest !== null && { client_secret: app.secretDigest }),
    ...(app.jwks && { jwks: app.jwks }),
    grant_types: [...app.grants],
    // A form that posts itself to another site would be refused by our own page policy.
    response_modes: ['query', 'fragment'],
    response_types: app.grants.includes('authorization_code') ? ['code'] : [],
    redirect_uris: app.redirectUris,
    post_logout_redirect_uris: app.postLogoutRedirectUris,
    ...(app.backchannelLogoutUri !== null && {
      backchannel_logout_uri: app.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
    first_party: app.firstParty,
    previous_secret: app.previousSecretDigest,
    previous_secret_until_ms: app.previousSecretUntilMs,
    allowed_scopes: app.scopes,
  };
}

function authMethodOf({ kind, jwks }: AppRow): NonNullable<AdapterPayload['token_endpoint_auth_method']> {
  if (jwks) return 'private_key_jwt';
  return isPublicKind(kind) ? 'none' : 'client_secret_basic';
}

/** By digests, each compared in constant time. The secret before the last rotation works through its grace. */
export function opensClient(client: OurClient, secret: string, nowMs: number): boolean {
  const digest = sha256(secret);
  const { clientSecret = '', previous_secret: previous, previous_secret_until_ms: untilMs } = client;
  const isCurrent = equalDigests(digest, clientSecret);
  return isCurrent || (previous != null && untilMs != null && nowMs < untilMs && equalDigests(digest, previous));
}
