import type { FastifyInstance } from 'fastify';

import { sha256 } from '../crypto/index.ts';
import { holdsTag, READABLE_ANYWHERE } from '../http/index.ts';
import type { SigningKeys } from './service.ts';

/** Far shorter than a key is published before and after it signs. */
const CACHE_CONTROL = 'public, max-age=300, stale-while-revalidate=600';

/** `/.well-known/jwks.json`: the public keys, for whoever verifies our tokens offline. */
export function registerSigningKeyRoutes(app: FastifyInstance, signingKeys: Pick<SigningKeys, 'jwks'>): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/.well-known/jwks.json',
    async handler(request, reply) {
      const body = JSON.stringify(await signingKeys.jwks());
      const etag = `"${sha256(body)}"`;
      reply.headers({ ...READABLE_ANYWHERE, 'cache-control': CACHE_CONTROL, etag });
      if (holdsTag(request, etag)) return reply.code(304).send();
      return reply.type('application/json').send(body);
    },
  });
}
