import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { acceptsEncoding } from './compressed.ts';

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

/** Serves the built pages from memory; they change only with the program. A folder without them serves none. */
export function registerPages(app: FastifyInstance, folder: string): void {
  if (!existsSync(folder)) {
    app.log.warn('The pages were not built: there are none to serve.');
    return;
  }
  for (const [path, file] of readFiles(folder)) {
    const isHashed = path.startsWith('assets/');
    const cacheControl = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
    const handler = (request: FastifyRequest, reply: FastifyReply) => sendFile(request, reply, file, cacheControl);
    for (const url of PAGES[path] ?? [`/${path}`]) app.route({ method: ['GET', 'HEAD'], url, handler });
  }
}

type PageFile = {
  type: string;
  etag: string;
  content: Buffer;
  /** As many of its encodings as the build made. */
  encoded: ReadonlyMap<string, Buffer>;
};

function readFiles(folder: string): Map<string, PageFile> {
  const paths = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(
    (path) => extname(path) in TYPES && isFile(folder, path),
  );
  return new Map(paths.map((path) => [path.split(sep).join('/'), readPageFile(join(folder, path))]));
}

function isFile(folder: string, path: string): boolean {
  return statSync(join(folder, path)).isFile();
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
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  reply.type(type);
  for (const [encoding, compressed] of encoded) {
    if (acceptsEncoding(request, encoding)) return reply.header('content-encoding', encoding).send(compressed);
  }
  return reply.send(content);
}
