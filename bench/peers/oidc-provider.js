import { generateKeyPairSync } from 'node:crypto';

import Provider from 'oidc-provider';

import { port } from './common.js';

/** As its documentation has it, with the store that it brings: everything in memory, nothing ever on disk. */

const ISSUER = `http://localhost:${port}`;
const AUDIENCE = 'https://api.bench.test';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const common = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: 'ES256',
};
const client_secret = 'a secret of at least thirty-two bytes';

const provider = new Provider(ISSUER, {
  clients: [
    { ...common, client_id: 'jwt', client_secret },
    // It introspects only what it keeps.
    { ...common, client_id: 'opaque', client_secret },
  ],
  routes: { token: '/oauth/token', introspection: '/oauth/introspect' },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      getResourceServerInfo: (_ctx, _resource, { clientId }) => ({
        scope: 'notes:read',
        accessTokenFormat: clientId,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
provider.listen(port, '127.0.0.1');
