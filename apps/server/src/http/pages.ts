import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { acceptsEncoding } from './compressed.ts';
import { holdsTag } from './entity-tags.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
/** Encodings by preference, with the ending of a file's copy that the build compressed so. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

const PAGES: Readonly<Record<string, readonly string[]>> = {
  'auth.html': [
    '/setup',
    '/sign-in',
    '/sign-up',
    '/invitation',
    '/reset',
    '/verify-email',
    '/change-email',
    '/undo-email',
    '/consent/*',
    '/device',
  ],
  'app.html': ['/', '/account', '/account/*', '/console', '/console/*'],
  'docs.html': ['/docs'],
};

/** The folder of files whose names change with what is in them. */
const HASHED = 'assets/';

const METHODS = ['GET', 'HEAD'];

/** Serves the built pages from memory; they change only with the program. A folder without them serves none. */
export function registerPages(app: FastifyInstance, folder: string): void {
  if (!existsSync(folder)) {
    app.log.warn('The pages were not built: there are none to serve.');
    return;
  }
  const files = readFiles(folder);
  for (const [path, file] of files) {
    if (path.startsWith(HASHED)) continue;
    const handler = (request: FastifyRequest, reply: FastifyReply) => sendFile(request, reply, file, 'no-cache');
    for (const url of PAGES[path] ?? [`/${path}`]) app.route({ method: METHODS, url, handler });
  }
  // One route for all of them: the router would take a tenth of the start's time to sort so many.
  app.route<{ Params: { '*': string } }>({
    method: METHODS,
    url: `/${HASHED}*`,
    handler(request, reply) {
      const file = files.get(HASHED + request.params['*']);
      if (!file) return reply.callNotFound();
      return sendFile(request, reply, file, 'public, max-age=31536000, immutable');
    },
  });
}

type PageFile = {
  type: string;
  etag: string;
  content: Buffer;
  /** As many of its encodings as the build made. */
  encoded: ReadonlyMap<string, Buffer>;
};

function readFiles(folder: string): Map<string, PageFile> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && extname(each.name) in TYPES)
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readPageFile(path)]));
}

function readPageFile(file: string): PageFile {
  const content = readFileSync(file);
  const extension = extname(file);
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    content,
    encoded: new Map(
      Object.entries(ENCODINGS).flatMap(([encoding, ending]) =>
        existsSync(file + ending) ? [[encoding, readFileSync(file + ending)]] : [],
      ),
    ),
  };
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, etag, content, encoded }: PageFile,
  cacheControl: string,
): FastifyReply {
  reply.headers({ 'cache-control': cacheControl, etag, vary: 'accept-encoding' });
  if (holdsTag(request, etag)) return reply.code(304).send();
  reply.type(type);
  for (const [encoding, compressed] of encoded) {
    if (acceptsEncoding(request, encoding)) return reply.header('content-encoding', encoding).send(compressed);
  }
  return reply.send(content);
}
