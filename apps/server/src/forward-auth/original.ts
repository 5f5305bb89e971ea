import type { FastifyRequest } from 'fastify';

import { isHost } from '../http/index.ts';

/** The request that a proxy asks about. */
export type Original = { origin: string; path: string; method: string };

/**
 * What a trusted proxy says of its own caller's request; null from anybody else, who could make somebody's browser be sent
 * anywhere. Node joins a repeated header with commas, which no host, path or method of ours has.
 */
export function originalOf({ client, headers }: FastifyRequest): Original | null {
  const host = headers['x-forwarded-host'];
  if (!client.isProxied || typeof host !== 'string' || !isHost(host)) return null;
  const url = URL.parse(`${client.isSecure ? 'https' : 'http'}://${host}`);
  if (url === null) return null;
  const path = safePath(String(headers['x-forwarded-uri'] ?? '/'), url.origin);
  return { origin: url.origin, path, method: methodAsked(headers) };
}

/** Believed of anybody where it only takes away. */
export function methodAsked(headers: FastifyRequest['headers']): string {
  return String(headers['x-forwarded-method'] ?? 'GET').toUpperCase();
}

/** A path of this origin, or `/`: two slashes or a backslash would begin another host for some browser. */
export function safePath(path: string, origin: string): string {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\') || path.length > 2000) return '/';
  const url = URL.parse(path, origin);
  if (url === null || url.origin !== origin || url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search;
}

/** Whether it is a browser that shows a page, which can be sent to sign in; a program is told that it has to. */
export function isPage({ headers }: FastifyRequest, { method }: Original): boolean {
  const { accept = '', authorization, 'x-api-key': apiKey, 'sec-fetch-mode': mode = 'navigate' } = headers;
  const isForPerson = authorization === undefined && apiKey === undefined && accept.includes('text/html');
  return method === 'GET' && isForPerson && mode === 'navigate';
}
