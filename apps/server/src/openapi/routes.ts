import type { AnyRouter } from '@trpc/server';
import type { FastifyInstance } from 'fastify';

import { sha256 } from '../crypto/index.ts';
import { holdsTag, sendListJson } from '../http/index.ts';
import { openApiDocument } from './document.ts';

/** `/api/v1/openapi.json`, for anybody. Made when it is first asked for, then kept: it changes only with the program. */
export function registerOpenApi(app: FastifyInstance, router: AnyRouter, publicUrl: string): void {
  let made: { text: string; etag: string } | undefined;
  const make = () => {
    const text = JSON.stringify(openApiDocument(router, publicUrl));
    return { text, etag: `W/"${sha256(text)}"` };
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/v1/openapi.json',
    handler: (request, reply) => {
      const { text, etag } = (made ??= make());
      reply.headers({ 'cache-control': 'no-cache', etag });
      return holdsTag(request, etag) ? reply.code(304).send() : sendListJson(reply, text);
    },
  });
}
