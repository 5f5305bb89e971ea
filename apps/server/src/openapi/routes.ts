import { gzipSync } from 'node:zlib';

import type { AnyRouter } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { sha256 } from '../crypto/index.ts';
import { acceptsEncoding, holdsTag } from '../http/index.ts';
import { openApiDocument } from './document.ts';

type Made = { plain: Buffer; gzipped: Buffer; etag: string };

/** `/api/v1/openapi.json`, for anybody. Made when it is first asked for, then kept: it changes only with the program. */
export function registerOpenApi(app: FastifyInstance, router: AnyRouter, publicUrl: string): void {
  let made: Made | undefined;
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/v1/openapi.json',
    handler: (request, reply) => answer(request, reply, (made ??= make(router, publicUrl))),
  });
}

function make(router: AnyRouter, publicUrl: string): Made {
  const text = JSON.stringify(openApiDocument(router, publicUrl));
  return { plain: Buffer.from(text), gzipped: gzipSync(text), etag: `W/"${sha256(text)}"` };
}

function answer(request: FastifyRequest, reply: FastifyReply, { plain, gzipped, etag }: Made): FastifyReply {
  reply.headers({ 'cache-control': 'no-cache', vary: 'accept-encoding', etag });
  if (holdsTag(request, etag)) return reply.code(304).send();
  reply.type('application/json');
  return acceptsEncoding(request, 'gzip') ? reply.header('content-encoding', 'gzip').send(gzipped) : reply.send(plain);
}
