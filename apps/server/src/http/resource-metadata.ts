import type { FastifyInstance } from 'fastify';

/** RFC 9728: which server gives out tokens for the API here. */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';

/** RFC 9728 section 5.1: a client that was only told our address learns from the refusal where to ask for a token. */
export function nameResourceMetadata(app: FastifyInstance, publicUrl: string): void {
  const parameter = `resource_metadata="${publicUrl}${RESOURCE_METADATA}"`;
  app.addHook('onSend', (request, reply, _payload, done) => {
    const isOurs = reply.statusCode === 401 && !request.routeOptions.config.guardsAnother;
    const challenge = isOurs ? reply.getHeader('www-authenticate') : undefined;
    if (typeof challenge === 'string') reply.header('www-authenticate', `${challenge}, ${parameter}`);
    done();
  });
}
